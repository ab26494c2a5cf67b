"""The directory of a hub: where it is when nobody says, and what `fangpin up` wrote into it."""

import json
from pathlib import Path
from typing import Annotated, Any

import typer

Data = Annotated[Path, typer.Option(help="the hub's directory")]
HERE = Path(".fangpin")


def read_credentials(data: Path) -> dict[str, Any]:
    """Addresses, tokens and officers; raises FileNotFoundError where no hub was started."""
    found: dict[str, Any] = json.loads((data / "credentials.json").read_text(encoding="utf-8"))
    return found
