"""Logs do not grow for ever, and their processes write on."""

from pathlib import Path

from services.cli.log_files import shorten


def test_a_long_log_is_moved_and_its_writer_goes_on(tmp_path: Path) -> None:
    long, short = tmp_path / "web.log", tmp_path / "clock.log"
    short.write_bytes(b"tick\n")
    with long.open("ab", buffering=0) as writer:
        writer.write(b"first\n" * 10)
        shorten([long, short, tmp_path / "missing.log"], most=20)
        writer.write(b"second\n")
    assert long.read_bytes() == b"second\n"
    assert (tmp_path / "web.log.1").read_bytes() == b"first\n" * 10
    assert short.read_bytes() == b"tick\n"
    assert not (tmp_path / "clock.log.1").exists()
