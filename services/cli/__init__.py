"""The command line `fangpin`: composition roots, one file a command."""
