from __future__ import annotations

import errno
import socket
from pathlib import Path

import pytest

from deploy.embedded.failure import ServerFailure
from deploy.embedded.ports import HIGHEST, LOWEST, kept_port


def test_port_is_kept_and_lies_below_the_kernels_outgoing_ones(tmp_path: Path) -> None:
    first = kept_port(tmp_path / "port")
    assert LOWEST <= first <= HIGHEST
    assert kept_port(tmp_path / "port") == first


def test_kept_port_that_somebody_took_is_replaced_but_a_wanted_one_is_refused(tmp_path: Path) -> None:
    first = kept_port(tmp_path / "port")
    with socket.create_server(("127.0.0.1", first)):
        assert kept_port(tmp_path / "port") != first
        with pytest.raises(ServerFailure, match=str(first)):
            kept_port(tmp_path / "port", first)


def test_a_disk_that_is_full_leaves_the_port_as_it_was(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    file = tmp_path / "port"
    first = kept_port(file)

    def full(*_: object) -> int:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(Path, "write_bytes", full)
    assert kept_port(file) == kept_port(file, first) == first
    with socket.create_server(("127.0.0.1", first)), pytest.raises(OSError, match="No space left"):
        kept_port(file)
    assert int(file.read_text()) == first


@pytest.mark.parametrize("found", [b"", b"\xff\xfe", b"many\n"])
def test_a_port_file_that_says_no_port_is_named_with_what_to_do(tmp_path: Path, found: bytes) -> None:
    file = tmp_path / "port"
    file.write_bytes(found)
    with pytest.raises(ServerFailure, match=r"port does not say which port.*delete it"):
        kept_port(file)
    with socket.create_server(("127.0.0.1", 0)) as server:
        free = server.getsockname()[1]
    assert kept_port(file, free) == free == int(file.read_text())
