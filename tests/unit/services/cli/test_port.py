"""`fangpin up --port`: a port that is no port, or somebody else's, is refused before anything is started."""

import os
import socket
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
import typer

from services.cli import port
from services.cli.port import check_port


@pytest.fixture
def taken() -> Iterator[int]:
    """A port on which another hub listens, as Granian does."""
    with socket.socket() as other:
        other.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEPORT, 1)
        other.bind(("127.0.0.1", 0))
        other.listen()
        yield other.getsockname()[1]


def refusal(data: Path, number: int) -> int:
    with pytest.raises(typer.Exit) as refused:
        check_port(data, number)
    return refused.value.exit_code


@pytest.mark.parametrize("number", [-1, 0, 65536, 99999999])
def test_what_is_no_port(tmp_path: Path, number: int, capsys: pytest.CaptureFixture[str]) -> None:
    assert refusal(tmp_path, number) == 2
    assert "65535" in capsys.readouterr().out


def test_a_second_hub_on_a_port_is_refused(tmp_path: Path, taken: int, capsys: pytest.CaptureFixture[str]) -> None:
    assert refusal(tmp_path, taken) == 1
    assert f"端口 {taken} 不能使用" in capsys.readouterr().out


def test_a_free_port_is_free_again(tmp_path: Path, taken: int) -> None:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        number = free.getsockname()[1]
    check_port(tmp_path, number)
    check_port(tmp_path, number)


def test_what_an_earlier_run_left_on_the_port_is_the_supervisors_to_end(
    tmp_path: Path, taken: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked = []

    def of_an_earlier_run(directory: Path, program: str) -> list[int]:
        asked.append((directory, program))
        return [os.getpid()]

    monkeypatch.setattr(port, "left_behind", of_an_earlier_run)
    check_port(tmp_path, taken)
    assert asked == [(tmp_path / "run" / "web", Path(sys.executable).resolve().name)]
