"""Processes that read topics: the correlator and the notifier."""
