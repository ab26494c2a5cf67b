"""What a measured process tells of itself, on the last line that it prints."""

import json
import os
import resource
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import asdict, dataclass

from fangpin.settings import Settings


@dataclass(frozen=True, slots=True)
class Measured:
    """Seconds by the clock on the wall, seconds of CPU of all its threads, and its memory at the most."""

    wall_s: float
    cpu_s: float
    peak_mib: float


def measure(work: Callable[[], None]) -> None:
    """Do the work and print what it took; memory counts from the start of the process."""
    wall, cpu = time.perf_counter(), time.process_time()
    work()
    taken = Measured(
        wall_s=time.perf_counter() - wall,
        cpu_s=time.process_time() - cpu,
        peak_mib=resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024,
    )
    print(json.dumps(asdict(taken)))


def run(module: str, settings: Settings, *arguments: str) -> Measured:
    """Run a module of the benchmarks in a process of its own, on these servers."""
    environment = os.environ | {
        "KAFKA_BOOTSTRAP_SERVERS": settings.bootstrap_servers,
        "DATABASE_URL": settings.database_url,
        "FANGPIN_DATA_DIR": str(settings.data_dir),
    }
    command = [sys.executable, "-m", module, *arguments]
    done = subprocess.run(command, env=environment, check=True, stdout=subprocess.PIPE, text=True)
    return Measured(**json.loads(done.stdout.splitlines()[-1]))
