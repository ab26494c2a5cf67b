"""What a start is refused for, over a fake broker, and how long the parts are waited for."""

import re
from collections.abc import Callable, Iterator
from itertools import chain, count, repeat

import pytest

from fangpin import checkpoints, database
from fangpin.broker import Outgoing
from fangpin.fake_broker import FakeBroker
from fangpin.topics import TopicSpec
from services.cli import starting
from services.cli.starting import StartFailure, refuse_lost_tails, wait_ready

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


class Start:
    """A start as `wait_ready` sees it: what is missing and what was reached, look by look."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch, database_url: str) -> None:
        self.said: list[str] = []
        self.missing: Iterator[list[str]] = repeat(["correlator"])
        self.reached: Iterator[object] = repeat((1, 1))
        self._url = database_url
        for name, value in {"QUIET_S": 0.3, "MEASURE_S": 0.0, "LOOK_S": 0.01, "SAY_S": 0.2}.items():
            monkeypatch.setattr(starting, name, value)
        monkeypatch.setattr(starting, "_missing", lambda _: next(self.missing))
        monkeypatch.setattr(starting, "_reached", lambda _: next(self.reached))

    def wait(self, dying: Callable[[], str | None] = lambda: None, watched: Callable[[], bool] = lambda: True) -> None:
        wait_ready("http://hub", self._url, dying, watched, self.said.append)


@pytest.fixture
def start(monkeypatch: pytest.MonkeyPatch) -> Start:
    return Start(monkeypatch, "postgresql://hub")


def test_parts_that_work_off_a_long_history_are_waited_for_and_named(start: Start) -> None:
    start.reached = ((1, position) for position in count())
    start.missing = chain(repeat(["correlator", "projector"], 80), repeat([]))  # much longer than QUIET_S
    start.wait()
    assert start.said[-1] == "各部分已就绪"
    assert start.said[0].startswith("仍在等待 correlator、projector（已 ")


def test_parts_that_do_nothing_at_all_are_given_up(start: Start) -> None:
    with pytest.raises(StartFailure, match="没有任何进展，仍在等待 correlator"):
        start.wait()


def test_a_part_that_keeps_dying_is_given_up_at_once_and_its_log_is_named(start: Start) -> None:
    with pytest.raises(StartFailure, match=r"projector 一再退出；原因在 logs/projector\.log"):
        start.wait(dying=lambda: "projector")


def test_nobody_waits_for_a_hub_that_was_asked_to_stop(start: Start) -> None:
    looks = iter([True, True, False])
    start.wait(watched=lambda: next(looks))
    assert start.said == []


def test_what_was_read_and_published_is_progress(fresh_database: str) -> None:
    with database.connect(fresh_database, autocommit=True) as conn:
        conn.execute("INSERT INTO publication (county_code, position) VALUES ('530925', 1)")
        before = starting._reached(fresh_database)
        assert before == starting._reached(fresh_database)
        conn.execute("UPDATE publication SET position = 2")
    assert before != starting._reached(fresh_database)
    assert starting._reached("postgresql://127.0.0.1:1/hub") is None
