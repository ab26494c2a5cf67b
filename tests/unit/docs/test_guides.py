"""The commands that the guides name are there, with the options that they give."""

import re
from importlib import import_module
from pathlib import Path

import pytest
from typer.main import get_command

from services.cli.main import COMMANDS

DOCS = Path(__file__).resolve().parents[3] / "docs"
PLACES = [DOCS.parent / "README.md", *sorted((DOCS / "guides").glob("*.md"))]


@pytest.mark.parametrize("guide", PLACES, ids=lambda one: one.name)
def test_every_command_is_there_with_its_options(guide: Path) -> None:
    called = re.findall(r"fangpin ([a-z]+)(?:[ ]+([a-z]+))?([^`\n#|]*)", guide.read_text(encoding="utf-8"))
    for name, second, rest in called:
        assert name in COMMANDS, f"fangpin {name}"
        command = get_command(import_module(f"services.cli.{name}").app)
        command = getattr(command, "commands", {}).get(second, command)
        known = {option for parameter in command.params for option in (*parameter.opts, *parameter.secondary_opts)}
        assert set(re.findall(r"(?<!\S)--[a-z-]+", rest)) <= known, f"fangpin {name} {second} {rest}"
