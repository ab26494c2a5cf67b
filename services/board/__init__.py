"""The month board: who delivered, declared nothing, is late or silent. Nothing of a person is in it."""
