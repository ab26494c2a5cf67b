"""Benchmarks: one command a figure, each printing what it ran on. `make bench` runs them all."""
