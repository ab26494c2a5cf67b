"""What `fangpin up` refuses to start on, over a fake broker."""

import re

import pytest

from fangpin import checkpoints, database
from fangpin.broker import Outgoing
from fangpin.fake_broker import FakeBroker
from fangpin.topics import TopicSpec
from services.cli.up import StartFailure, refuse_lost_tails

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
