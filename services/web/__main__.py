"""`python -m services.web`: the web process, on the host (127.0.0.1) and port of the settings."""

import multiprocessing
import os
import signal
from types import FrameType
from typing import Any

from granian import Granian
from granian.constants import Interfaces

from fangpin.logging import configure
from fangpin.settings import Settings

FAREWELL = signal.SIGUSR1


def application() -> object:
    """The factory that granian's worker calls."""
    from services.web.app import create_app

    configure("web")
    return create_app(Settings(), farewell=FAREWELL)


def say_farewell_first() -> None:
    """Chain the signals that end this process: its workers hear of the end first, so that open streams close.

    A worker that is told to end waits for its answers, and a stream of changes would keep it until it is killed.
    """
    for number in (signal.SIGTERM, signal.SIGINT):
        ending = signal.getsignal(number)

        def farewell(signum: int, frame: FrameType | None, ending: Any = ending) -> None:
            for worker in multiprocessing.active_children():
                if worker.pid is not None:
                    os.kill(worker.pid, FAREWELL)
            ending(signum, frame)

        signal.signal(number, farewell)


def main() -> None:
    """Serve until told to end."""
    settings = Settings()
    server = Granian(
        "services.web.__main__:application",
        address=settings.host,
        port=settings.port,
        interface=Interfaces.ASGI,
        factory=True,
        workers=1,
        log_access=False,
        respawn_failed_workers=True,
        websockets=False,
    )
    server.on_startup(say_farewell_first)  # after Granian has set its own handlers
    server.serve()


if __name__ == "__main__":
    main()
