"""What the commands share that ask a hub: its credentials, its database, its secret, and how what went wrong is told."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from fangpin import database
from fangpin.database import Connection
from fangpin.errors import HubError
from fangpin.vault import Vault
from services.access.naming import CannotKeepError
from services.cli.directory import read_credentials
from services.cli.exits import EXIT_FAILED, stopped


def credentials(data: Path) -> dict[str, Any]:
    """What `up` wrote into the directory; where no hub was started, that is said and ends the command."""
    try:
        return read_credentials(data)
    except FileNotFoundError:
        raise stopped(f"{data}：这里没有中枢，请先运行 fangpin up，或用 --data 指出目录。") from None


@contextmanager
def hub_database(data: Path) -> Iterator[Connection]:
    """The database of the hub in this directory; what goes wrong is said and ends the command."""
    url = credentials(data)["database"]
    try:
        with database.connect(url) as conn:
            yield conn
    except CannotKeepError as error:
        raise stopped(str(error)) from error
    except HubError as error:
        raise stopped(f"中枢没有应答：{error}", EXIT_FAILED) from error


def vault_of(data: Path) -> Vault:
    """The vault of the hub in this directory; where its secret is not on this machine, that is said and ends the command."""
    credentials(data)
    try:
        return Vault((data / "secrets" / "master.key").read_bytes())
    except FileNotFoundError:
        raise stopped(f"{data}：这台机器上没有主密钥，无法打开密封的记录。") from None
