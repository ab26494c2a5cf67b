"""The entry point. A command's module is imported only when it is called, so that `evaluate` stays under a second."""

import sys
from importlib import import_module

COMMANDS = {
    "up": "start Kafka, PostgreSQL and the hub; play the demo counties",
    "publish": "send a file of records",
    "evaluate": "the warnings of a file of records, without broker or database",
    "policy": "check, show or compare policy packs",
    "calendar": "who owes what by which day of a month, from a county's pack",
    "board": "who delivered, declared nothing, is late or silent in a month",
    "projections": "list, rebuild or verify the read models",
    "exceptions": "list, show or replay what could not be used",
    "officers": "list, add or remove officers, give a new password",
    "tokens": "list, add or revoke departments' tokens",
    "status": "lag, checkpoints, exceptions as a table",
}


def app() -> None:
    """Run the command that the first argument names; each is a typer application, `services.cli.<name>.app`."""
    name = sys.argv[1] if len(sys.argv) > 1 else ""
    if name in COMMANDS:
        command = import_module(f"services.cli.{name}").app
        command(args=sys.argv[2:], prog_name=f"fangpin {name}")
        return
    asked_for_help = name in ("--help", "-h")
    stream = sys.stdout if asked_for_help else sys.stderr
    print(
        "Usage: fangpin COMMAND [OPTIONS]\n\nFangpin Hub: departments' records in, explained warnings out.\n",
        file=stream,
    )
    for command_name, what in COMMANDS.items():
        print(f"  {command_name:<12} {what}", file=stream)
    if not asked_for_help:
        from services.cli.exits import EXIT_CALL_WRONG  # here: it brings typer, which takes longer than this list

        sys.exit(EXIT_CALL_WRONG)


if __name__ == "__main__":
    app()
