"""`make bench`: every benchmark, each on servers of its own; or the one that is named."""

import subprocess
import sys

BENCHMARKS = ("correlator", "latency", "history", "rebuild", "sandbox")


def main() -> None:
    """Run each in a process of its own, so that none inherits another's memory."""
    for name in sys.argv[1:2] or BENCHMARKS:
        print(f"== bench.{name}", flush=True)
        subprocess.run([sys.executable, "-m", f"bench.{name}", *sys.argv[2:]], check=True)


if __name__ == "__main__":
    main()
