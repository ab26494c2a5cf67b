"""Policy as a governed thing: what is in force in a county, proposals and their approval, drafts tried on the real history."""
