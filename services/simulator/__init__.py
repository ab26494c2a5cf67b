"""Departments and families that do not exist, for demos, tests and benchmarks: seeded and repeatable."""

from services.simulator.departments import simulate_records
from services.simulator.households import simulate_register

__all__ = ["simulate_records", "simulate_register"]
