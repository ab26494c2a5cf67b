"""The entry point. A command's module is imported only when it is called, so that `evaluate` stays under a second."""

from importlib import import_module

import click
import typer
from typer.core import TyperGroup

COMMANDS = {
    "up": "start Kafka, PostgreSQL and the hub; play the demo counties",
    "publish": "send a file of records",
    "evaluate": "the warnings of a file of records, without broker or database",
    "policy": "check and show policy packs",
    "projections": "list, rebuild or verify the read models",
    "exceptions": "list, show or replay what could not be used",
    "status": "lag, checkpoints, exceptions as a table",
}


class LazyGroup(TyperGroup):
    """Commands by name, each in `services.cli.<name>` as `app`."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        if cmd_name not in COMMANDS:
            return None
        module = import_module(f"services.cli.{cmd_name}")
        command: click.Command = typer.main.get_command(module.app)
        command.name = cmd_name
        return command

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        with formatter.section("Commands"):
            formatter.write_dl(list(COMMANDS.items()))


app = typer.Typer(cls=LazyGroup, no_args_is_help=True, add_completion=False, pretty_exceptions_enable=False)


@app.callback()
def main() -> None:
    """Fangpin Hub: departments' records in, explained warnings for villages out."""
