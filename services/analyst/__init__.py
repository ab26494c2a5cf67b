"""Counts without people: the statistics pages, their API, their exports."""
