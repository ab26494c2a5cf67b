"""Runs the read models: the composition root of `projections` and `consumers.runtime`."""
