from __future__ import annotations

from pathlib import Path

from deploy.embedded.failure import TAIL_LINES, with_log_tail


def test_message_quotes_only_the_end_of_this_starts_log(tmp_path: Path) -> None:
    log = tmp_path / "server.log"
    log.write_text("of an earlier start\n")
    start = log.stat().st_size
    with log.open("a") as stream:
        stream.writelines(f"line {n}\n" for n in range(100))
    message = with_log_tail("did not start", log, start).splitlines()
    assert message[0] == "did not start"
    assert message[2:] == [f"line {n}" for n in range(100 - TAIL_LINES, 100)]


def test_missing_log_is_said(tmp_path: Path) -> None:
    assert "no log" in with_log_tail("did not start", tmp_path / "server.log")
