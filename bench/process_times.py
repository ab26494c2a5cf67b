"""CPU seconds of what a program has started, by what runs: read from /proc, so on Linux only."""

import os
from collections import Counter
from pathlib import Path

TICKS = os.sysconf("SC_CLK_TCK")


def cpu_seconds(root: int) -> Counter[str]:
    """User and system time so far of the living processes under `root`, and of `root`, each under its part's name."""
    parents: dict[int, int] = {}
    spent: dict[int, float] = {}
    for entry in Path("/proc").glob("[0-9]*"):
        try:
            fields = (entry / "stat").read_text().rpartition(")")[2].split()
        except OSError:
            continue  # it ended meanwhile
        pid = int(entry.name)
        parents[pid] = int(fields[1])
        spent[pid] = (int(fields[11]) + int(fields[12])) / TICKS
    found: Counter[str] = Counter()
    for pid, seconds in spent.items():
        part = _part_of(pid, root, parents)
        if part is not None:
            found[part] += seconds
    return found


def _part_of(pid: int, root: int, parents: dict[int, int]) -> str | None:
    """`services.web`, `kafka`, `postgres`: of the nearest ancestor that has a name; None of what is not under `root`."""
    name: str | None = None
    while pid != root:
        if pid not in parents:
            return None
        name = name or _name(pid)
        pid = parents[pid]
    return name or "fangpin up"


def _name(pid: int) -> str | None:
    try:
        words = Path(f"/proc/{pid}/cmdline").read_bytes().decode(errors="replace").split("\0")
    except OSError:
        return None
    if "kafka.Kafka" in words:
        return "kafka"
    if words[0].startswith("postgres:") or words[0].endswith("/postgres"):
        return "postgres"
    return words[words.index("-m") + 1] if "-m" in words[:-1] else None
