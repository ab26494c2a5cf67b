"""A draft policy over the real history: read only, compared with the packs in force, never activated here."""
