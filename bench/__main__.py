"""`make bench`: every benchmark that needs no running hub; or the one that is named."""

import subprocess
import sys

OWN_SERVERS = ("correlator", "rebuild")


def main() -> None:
    """Run each in a process of its own, so that none inherits another's memory."""
    for name in sys.argv[1:2] or OWN_SERVERS:
        print(f"== bench.{name}", flush=True)
        subprocess.run([sys.executable, "-m", f"bench.{name}", *sys.argv[2:]], check=True)


if __name__ == "__main__":
    main()
