"""Keeps the logs of the hub's processes bounded: one earlier piece of each, and what has come since."""

import os
import shutil
from collections.abc import Iterable
from pathlib import Path

MOST_BYTES = 64 * 1024 * 1024  # some 400,000 lines: weeks of a county


def shorten(logs: Iterable[Path], most: int = MOST_BYTES) -> None:
    """Move what is in a log that has grown too long to `<name>.1`; its process, which appends, writes on in the same file.

    A line that is written between the copy and the cut is lost: it is a log, and no record of anything.
    """
    for log in logs:
        if log.exists() and log.stat().st_size > most:
            shutil.copyfile(log, log.with_name(f"{log.name}.1"))
            os.truncate(log, 0)
