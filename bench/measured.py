"""What a measured process tells of itself and of those that it forked, on the last line that it prints."""

import json
import os
import re
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from fangpin.settings import Settings

SAMPLE_S = 0.5


@dataclass(frozen=True, slots=True)
class Measured:
    """Seconds by the clock on the wall, seconds of CPU of all threads, memory at the most (shared pages counted once)."""

    wall_s: float
    cpu_s: float
    peak_mib: float = 0.0


def measure(work: Callable[[], None]) -> None:
    """Do the work, in this process and in those that it forks, and print what it took."""
    wall, cpu = time.perf_counter(), _cpu_s()
    work()
    print(json.dumps({"wall_s": time.perf_counter() - wall, "cpu_s": _cpu_s() - cpu}))


def run(module: str, settings: Settings, *arguments: str) -> Measured:
    """Run a module of the benchmarks in a process of its own, on these servers."""
    environment = os.environ | {
        "KAFKA_BOOTSTRAP_SERVERS": settings.bootstrap_servers,
        "DATABASE_URL": settings.database_url,
        "FANGPIN_DATA_DIR": str(settings.data_dir),
    }
    command = [sys.executable, "-m", module, *arguments]
    peak = 0.0
    with subprocess.Popen(command, env=environment, stdout=subprocess.PIPE, text=True) as process:
        while True:
            peak = max(peak, _memory_mib(process.pid))
            try:
                printed, _ = process.communicate(timeout=SAMPLE_S)
                break
            except subprocess.TimeoutExpired:
                continue
    if process.returncode != 0:
        raise SystemExit(f"{module} ended with {process.returncode}")
    return Measured(**json.loads(printed.splitlines()[-1]), peak_mib=peak)


def _cpu_s() -> float:
    used = os.times()
    return used.user + used.system + used.children_user + used.children_system


def _memory_mib(pid: int) -> float:
    """The proportional set size of a process and of those that it forked."""
    try:
        children = Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
    except (FileNotFoundError, ProcessLookupError):
        return 0.0
    return sum(_pss_mib(f"/proc/{one}/smaps_rollup") for one in (str(pid), *children))


def _pss_mib(path: str) -> float:
    try:
        found = re.search(r"^Pss: +([0-9]+) kB$", Path(path).read_text(), re.MULTILINE)
    except (FileNotFoundError, ProcessLookupError):
        return 0.0
    return int(found[1]) / 1024 if found is not None else 0.0
