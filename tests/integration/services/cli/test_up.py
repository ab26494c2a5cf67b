"""What `fangpin up` refuses to start on, over a fake broker, and how it ends."""

import gc
import re
import signal
from pathlib import Path

import pytest
import typer

from fangpin import checkpoints, database
from fangpin.broker import Outgoing
from fangpin.fake_broker import FakeBroker
from fangpin.topics import TopicSpec
from services.cli.up import Hub, StartFailure, refuse_lost_tails, up

FEED = "feed.medical-expense"


def test_a_log_that_lost_its_end_is_not_written_on(fresh_database: str) -> None:
    broker = FakeBroker()
    broker.admin().create_topics([TopicSpec(FEED, 2)])
    broker.producer().publish(Outgoing(FEED, None, b"v", [], 1) for _ in range(12))
    with database.connect(fresh_database) as conn:
        checkpoints.create(conn, "correlator", (FEED, 1), broker.admin().topic_ids()[FEED], 12)
    refuse_lost_tails(fresh_database, broker)
    broker.lose_end((FEED, 1), 11)
    with pytest.raises(StartFailure, match=re.escape(f"{FEED}[1]：correlator 已读到 12，日志止于 11")) as failure:
        refuse_lost_tails(fresh_database, broker)
    assert "--republish" in str(failure.value)


@pytest.mark.parametrize("asked", [False, True], ids=["by itself", "asked"])
def test_a_watch_that_ends_unasked_is_a_failure(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, asked: bool) -> None:
    kept = {number: signal.getsignal(number) for number in (signal.SIGTERM, signal.SIGINT)}
    stopped = []
    monkeypatch.setattr(gc, "freeze", lambda: None)
    monkeypatch.setattr("services.cli.port.check_port", lambda *_: None)
    for method in ("start", "announce"):
        monkeypatch.setattr(Hub, method, lambda *_: None)
    monkeypatch.setattr(Hub, "watch", lambda hub: hub.ask_to_stop() if asked else None)
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
