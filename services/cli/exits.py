"""How a command ends that cannot do what was asked, or not all of it."""

import typer

EXIT_FAILED, EXIT_CALL_WRONG, EXIT_SOME_UNUSED = 1, 2, 3


def stopped(message: str, status: int = EXIT_CALL_WRONG) -> typer.Exit:
    """The end of the command, with a word on standard error."""
    typer.echo(f"错误：{message}", err=True)
    return typer.Exit(status)
