"""What the commands that keep accounts share: the hub's database, and how what went wrong is told."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import typer

from fangpin import database
from fangpin.database import Connection
from fangpin.errors import HubError
from services.access.officers import CannotKeepError
from services.cli.up import read_credentials

EXIT_FAILED, EXIT_CALL_WRONG = 1, 2


@contextmanager
def hub_database(data: Path) -> Iterator[Connection]:
    """The database of the hub in this directory; what goes wrong is said and ends the command."""
    try:
        with database.connect(read_credentials(data)["database"]) as conn:
            yield conn
    except FileNotFoundError:
        raise stopped(f"{data}：这里没有中枢，请先运行 fangpin up，或用 --data 指出目录。", EXIT_CALL_WRONG) from None
    except CannotKeepError as error:
        raise stopped(str(error), EXIT_CALL_WRONG) from error
    except HubError as error:
        raise stopped(f"中枢没有应答：{error}", EXIT_FAILED) from error


def stopped(message: str, code: int) -> typer.Exit:
    """The end of the command, with a word on standard error."""
    typer.echo(message, err=True)
    return typer.Exit(code)
