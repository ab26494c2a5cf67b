"""Alembic revisions of the write side and of access."""
