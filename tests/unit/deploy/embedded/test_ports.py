from __future__ import annotations

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
