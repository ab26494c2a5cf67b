"""What a figure was measured on."""

import os
import platform
from importlib.metadata import version

PACKAGES = ("kafka-python", "fastavro", "psycopg", "polars", "litestar", "granian", "cryptography")


def describe() -> str:
    """One line: cores, system, Python, packages."""
    packages = ", ".join(f"{name} {version(name)}" for name in PACKAGES)
    return f"{os.cpu_count()} cores, {platform.system()} {platform.release()}, Python {platform.python_version()}; {packages}"
