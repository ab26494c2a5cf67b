"""What goes wrong when a server is started here."""

from __future__ import annotations

from pathlib import Path

TAIL_LINES = 20  # enough for a Java stack trace's head and its cause


class ServerFailure(Exception):
    """A server could not be started or did not become ready; the message quotes the end of its log."""


def with_log_tail(message: str, log: Path, start: int = 0) -> str:
    """`message`, followed by the last lines that `log` got after its byte `start`."""
    if not log.exists():
        return f"{message}\n(no log at {log})"
    with log.open("rb") as stream:
        stream.seek(start)
        lines = stream.read().decode("utf-8", errors="replace").splitlines()
    return "\n".join([message, f"--- end of {log}", *lines[-TAIL_LINES:]])
