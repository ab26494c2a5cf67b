"""The process that holds a test run's servers, and ends them with the run.

`python -m tests.keeper DIRECTORY` is started by `tests.servers`. `python -m tests.keeper` alone is for a developer: it
prints the two variables that make tests use its servers, and holds them until Ctrl-C.
"""

from __future__ import annotations

import fcntl
import shutil
import signal
import sys
import tempfile
import traceback
from contextlib import suppress
from pathlib import Path

from tests.servers import chosen_lane, publish


def keep(directory: Path) -> None:
    """Starts the servers, makes them known, waits until no worker uses them, stops them, removes the folder."""
    with (directory / "users").open("ab") as users:
        try:
            with chosen_lane()(directory) as addresses:
                publish(addresses, directory)
                fcntl.flock(users, fcntl.LOCK_EX)
                (directory / "addresses.json").unlink()
        except BaseException:
            traceback.print_exc()
            (directory / "failed").touch()
            raise
        shutil.rmtree(directory)


def hold() -> None:
    """Servers for a developer's session."""
    with tempfile.TemporaryDirectory(prefix="fangpin-tests-") as scratch, chosen_lane()(Path(scratch)) as addresses:
        print(f"export KAFKA_BOOTSTRAP_SERVERS={addresses.kafka_bootstrap} DATABASE_URL={addresses.database_url}")
        sys.stdout.flush()
        signal.signal(signal.SIGTERM, signal.default_int_handler)
        with suppress(KeyboardInterrupt):
            signal.pause()


if __name__ == "__main__":
    if len(sys.argv) > 1:
        keep(Path(sys.argv[1]))
    else:
        hold()
