"""What `fangpin status` shows, over a fake broker."""

from __future__ import annotations

import io
import json

from rich.console import Console

from fangpin import checkpoints, database
from fangpin.broker import Outgoing
from fangpin.fake_broker import FakeBroker
from fangpin.heartbeats import Heartbeat
from fangpin.topics import TopicSpec
from projections import PROJECTIONS, versions
from services.cli.status import read, show


def shown(found: dict[str, object]) -> str:
    output = io.StringIO()
    show(found, Console(file=output, width=200))
    return output.getvalue()


def test_before_anything_has_run(fresh_database: str) -> None:
    with database.connect(fresh_database) as conn:
        found = read(conn, FakeBroker())
    assert found["parts"]["correlator"] == "correlator was not seen"
    assert (found["consumers"], found["feeds"], found["exceptions"], found["unpublished"]) == ([], [], {}, 0)
    assert "已提交、尚未发布的事件：0" in shown(found)


def test_parts_lag_feeds_and_exceptions(fresh_database: str) -> None:
    broker = FakeBroker()
    broker.admin().create_topics([TopicSpec("feed.medical-expense", 2)])
    broker.producer().publish(Outgoing("feed.medical-expense", None, b"v", [], n % 2) for n in range(7))
    with database.connect(fresh_database) as conn:
        for projection in PROJECTIONS.values():
            versions.ensure(conn, projection)
        Heartbeat("correlator").beat(conn)
        checkpoints.create(conn, "correlator", ("feed.medical-expense", 0), "id", 3)
        conn.execute("INSERT INTO county (county_code, position, civil_date) VALUES ('530925', 5, '2021-11-01')")
        conn.execute(
            "INSERT INTO feed_activity (county_code, feed, source, day, recorded, corrected, withdrawn, moved, last_at) "
            "VALUES ('530925', 'medical-expense', 'medical-insurance', '2021-10-01', 2, 0, 0, 0, '2021-10-02'), "
            "('530925', 'medical-expense', 'medical-insurance', '2021-10-03', 1, 0, 0, 0, '2021-10-04')"
        )
        conn.execute("INSERT INTO revaluation VALUES ('410922', '{income}', '2021-01-01', 'policy:x')")
        conn.execute("INSERT INTO board_clock VALUES ('410922', '2021-11-22', '2021-11-01')")
        conn.commit()
        found = read(conn, broker)
    assert found["parts"]["correlator"] == "ok"
    assert found["consumers"] == [{"consumer": "correlator", "topic": "feed.medical-expense", "read": 3, "lag": 4}]
    assert found["unpublished"] == 5
    assert found["counties"] == {"530925": "2021-11-01"}
    assert found["judging_again"] == ["410922"]
    (month,) = found["calendar"]
    assert (month["county"], month["month"], month["missing"], month["delivered"]) == ("410922", "2021-11", 9, 0)
    (feed,) = found["feeds"]
    assert (feed["recorded"], feed["occurred_last"], feed["came_last"][:10]) == (3, "2021-10-03", "2021-10-04")
    assert json.loads(json.dumps(found)) == found
    text = shown(found)
    assert "医" in text
    assert "正常" in text
    assert "重新判定旧记录的县：410922" in text
