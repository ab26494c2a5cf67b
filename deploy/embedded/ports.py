"""Which port a server listens on: chosen once, kept in a file, so that a restart is found where it was."""

from __future__ import annotations

import random
import socket
from pathlib import Path

from deploy.embedded.failure import ServerFailure

# Below the range from which the kernel takes ports for outgoing connections (32768 and up): a client that retries
# a server that is down would otherwise connect to itself sooner or later, and hold the server's port.
LOWEST, HIGHEST = 20000, 32000
ATTEMPTS = 200


def is_free(port: int) -> bool:
    """True when a server could listen on 127.0.0.1:`port` now (connections in TIME_WAIT do not count)."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            return False
    return True


def kept_port(file: Path, wanted: int | None = None) -> int:
    """The port of `file`, or a free one that is then written to it. `wanted` replaces what the file says.

    A kept port that somebody else holds by now is replaced as well: nothing of ours runs yet when this is asked.
    Raises ServerFailure when `wanted` is taken, no port is free, or what the file says is not a port.
    """
    if wanted is not None:
        if not is_free(wanted):
            raise ServerFailure(f"port {wanted} on 127.0.0.1 is taken by another program")
        port = wanted
    else:
        kept = _read(file)
        port = kept if kept is not None and is_free(kept) else _free_port()
    line = b"%d\n" % port
    if not file.exists() or file.read_bytes() != line:
        new = file.with_name(f"{file.name}.new")  # a full disk leaves the old one whole
        new.write_bytes(line)
        new.replace(file)
    return port


def _read(file: Path) -> int | None:
    """The port in the file; None where there is none yet."""
    if not file.exists():
        return None
    try:
        return int(file.read_text())
    except (OSError, ValueError) as error:
        raise ServerFailure(
            f"{file} does not say which port the server listened on ({error}): write the number into it, "
            "or delete it, and a free port is chosen"
        ) from error


def _free_port() -> int:
    choose = random.SystemRandom()
    for _ in range(ATTEMPTS):
        port = choose.randint(LOWEST, HIGHEST)
        if is_free(port):
            return port
    raise ServerFailure(f"no free port on 127.0.0.1 between {LOWEST} and {HIGHEST}")
