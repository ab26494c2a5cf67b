"""What a household's page says beside its warnings: running totals, and why a record has no line."""

import json
from typing import Any, cast
from uuid import UUID

from fangpin.database import Connection
from fangpin.domain.feeds import FEEDS
from fangpin.domain.records import content_json, parse_record
from fangpin.policies import load_book
from services.inbox.reading import content
from services.inbox.standing import facts_without_warning
from services.inbox.totals import totals
from tests.records import NOW, Raw, bill, common, without_feed

BOOK = load_book()


def household(county_code: str) -> dict[str, Any]:
    return {"household_id": UUID(int=1), "county_code": county_code, "data": {"class": "out-of-poverty"}}


def event(raw: Raw, kind: str = "SignalRecorded", notes: tuple[str, ...] = ()) -> dict[str, Any]:
    record = parse_record(FEEDS[raw["feed"]], without_feed(raw), now=NOW)
    data = {"feed": record.feed, "source": "medical-insurance", "record_id": record.record_id, "notes": notes}
    return {
        "type": kind,
        "valid_on": record.occurred_on.isoformat(),
        "data": {**data, "content": content(json.loads(content_json(record)))},
    }


class NothingComing:
    """Stands for a database in which no rule waits for its day."""

    def execute(self, *_: object) -> list[tuple[str]]:
        return []


def test_the_years_stays_add_up_and_a_withdrawn_one_is_gone() -> None:
    events = [event(bill("m-1", "4000.00")), event(bill("m-2", "4000.00")), event(bill("m-3", "500.00"))]
    events.append(event(bill("m-3", "500.00"), "SignalWithdrawn"))
    assert totals(BOOK, household("530925"), events) == [
        {
            "year": 2021,
            "what": "住院医疗费用自付费用",
            "records": 2,
            "total": "8000.00",
            "line": "6000.00",
            "document": "双巩固振兴组〔2021〕1号",
        }
    ]


def test_a_survey_beyond_the_last_dated_line_says_so() -> None:
    months = {"period_from": "2023-02", "period_to": "2024-01", "members": 1, "wage": "10700.00"}
    raw = common("income", "i-1", subject={"household_no": "H1"}, surveyed_on="2024-02-01", **months)
    raw |= {"county_code": "440229", "reported_at": "2024-02-02T10:00:00+08:00"}
    conn = cast(Connection, NothingComing())
    (found,) = facts_without_warning(conn, BOOK, household("440229"), [], [event(raw, notes=("NO_POLICY",))])
    assert found["why"].startswith("该时段无政策：文件只给出2023年7月至12月的收入预警线")
