"""How `fangpin up` ends."""

import gc
import signal
from pathlib import Path

import pytest
import typer

from services.cli.up import Hub, up


@pytest.mark.parametrize("asked", [False, True], ids=["by itself", "asked"])
def test_a_watch_that_ends_unasked_is_a_failure(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, asked: bool) -> None:
    kept = {number: signal.getsignal(number) for number in (signal.SIGTERM, signal.SIGINT)}
    stopped = []
    monkeypatch.setattr(gc, "freeze", lambda: None)
    monkeypatch.setattr("services.cli.port.check_port", lambda *_: None)
    monkeypatch.setattr(Hub, "start", lambda _: None)
    monkeypatch.setattr(Hub, "wait", lambda hub: hub.ask_to_stop() if asked else None)
    monkeypatch.setattr(Hub, "stop", lambda hub: stopped.append(hub))
    try:
        if asked:
            up(tmp_path, empty=True, today=None)
        else:
            with pytest.raises(typer.Exit) as end:
                up(tmp_path, empty=True, today=None)
            assert end.value.exit_code == 1
    finally:
        for number, handler in kept.items():
            signal.signal(number, handler)
    assert len(stopped) == 1
