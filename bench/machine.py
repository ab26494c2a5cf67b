"""What a figure was measured on."""

import logging
import os
import platform
from importlib.metadata import version

import structlog

PACKAGES = ("kafka-python", "fastavro", "psycopg", "polars", "litestar", "granian", "cryptography")


def describe() -> str:
    """One line: cores, system, Python, packages. From here on the loops' own lines are left out of the output."""
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.WARNING))
    packages = ", ".join(f"{name} {version(name)}" for name in PACKAGES)
    return f"{os.cpu_count()} cores, {platform.system()} {platform.release()}, Python {platform.python_version()}; {packages}"
