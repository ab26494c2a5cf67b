"""The port of the pages and the API: one that exists, and on which nobody else answers."""

import socket
import sys
from pathlib import Path

import typer
from rich.console import Console

from deploy.embedded.processes import left_behind
from fangpin.settings import Settings
from services.cli.exits import EXIT_CALL_WRONG, EXIT_FAILED

console = Console(highlight=False)


def check_port(data: Path, port: int) -> None:
    """End the command when the hub could not have `port` for itself: status 2 if it is no port, 1 if it is in use.

    Granian shares a port in silence (SO_REUSEPORT): two hubs on one port would each answer every other request. What an
    earlier run of the same directory left behind does not count; the supervisor ends it.
    """
    if not 1 <= port <= 65535:
        console.print(f"[red]--port {port}：端口应在 1 至 65535 之间。[/red]")
        raise typer.Exit(EXIT_CALL_WRONG)
    if left_behind(data / "run" / "web", Path(sys.executable).resolve().name):
        return
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)  # a connection that has just ended is nobody
        try:
            probe.bind((Settings().host, port))
        except OSError as error:
            console.print(
                f"[red]端口 {port} 不能使用（{error.strerror}）。请换一个 --port，或先停止占用它的程序。[/red]"
            )
            raise typer.Exit(EXIT_FAILED) from None
