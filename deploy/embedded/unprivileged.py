"""PostgreSQL refuses to run as root. How root runs it all the same, without opening folders to other users."""

from __future__ import annotations

import os
import pwd
import subprocess
from collections.abc import Sequence
from functools import cache
from pathlib import Path

from deploy.embedded.failure import ServerFailure

# In a user namespace of its own the server sees user 1000, and is root's for the files: nothing changes hands.
NAMESPACE = ("unshare", "--user", "--map-user=1000", "--map-group=1000")
USERS = ("postgres", "nobody")  # tried in this order where user namespaces are refused


def not_as_root(owned: Path, program: Path) -> tuple[str, ...]:
    """What a command that works on the folder `owned` is wrapped in; empty for whoever is not root.

    Where user namespaces are refused, `owned` is given to an unprivileged user, who must be able to reach it and
    `program`. Raises ServerFailure, with what to do, when no way is open.
    """
    if os.geteuid() != 0:
        return ()
    return NAMESPACE if _works((*NAMESPACE, "true")) else _as_other_user(owned, program)


def _as_other_user(owned: Path, program: Path) -> tuple[str, ...]:
    owned.parent.chmod(0o711)  # the server's own folder: others may pass through, not look
    for name in USERS:
        try:
            user = pwd.getpwnam(name)
        except KeyError:
            continue
        enter = ("setpriv", f"--reuid={user.pw_uid}", f"--regid={user.pw_gid}", "--clear-groups")
        for path in (owned, *owned.rglob("*")):
            os.chown(path, user.pw_uid, user.pw_gid, follow_symlinks=False)
        if _works((*enter, "test", "-x", str(program), "-a", "-w", str(owned))):
            return enter
    raise ServerFailure(
        "PostgreSQL refuses to run as root, user namespaces are refused here, and no unprivileged user can reach "
        f"both {owned} and {program}: run this as an ordinary user, or set DATABASE_URL to a server of yours"
    )


@cache
def _works(command: Sequence[str]) -> bool:
    try:
        return subprocess.run(command, capture_output=True, timeout=10, check=False).returncode == 0
    except OSError:
        return False
