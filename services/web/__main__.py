"""`python -m services.web`: the web process, on 127.0.0.1 and the port of the settings."""

from granian import Granian
from granian.constants import Interfaces

from fangpin.logging import configure
from fangpin.settings import Settings


def application() -> object:
    """The factory that granian's worker calls."""
    from services.web.app import create_app

    configure("web")
    return create_app(Settings())


def main() -> None:
    """Serve until told to end."""
    Granian(
        "services.web.__main__:application",
        address="127.0.0.1",
        port=Settings().port,
        interface=Interfaces.ASGI,
        factory=True,
        workers=1,
        log_access=False,
        respawn_failed_workers=True,
        websockets=False,
    ).serve()


if __name__ == "__main__":
    main()
