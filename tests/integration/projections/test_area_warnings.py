"""area_warnings: the same rows, however its events are cut into batches or delivered again."""

from datetime import UTC, date, datetime
from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from fangpin import database
from fangpin.domain.ids import county_id, event_id
from fangpin.topics import COUNTY_EVENTS
from projections import PROJECTIONS, versions
from projections.handler import ProjectionHandler
from tests.household_events import COUNTY, Event, delivered

PROJECTION = PROJECTIONS["area_warnings"]


def told(sequence: int, kind: str, number: int = 1, **more: Any) -> Event:
    own = dict.fromkeys(("until", "risk", "households", "expected", "feed", "source", "record_id", "reason", "sealed"))
    return {
        "event_id": str(event_id(county_id(COUNTY), sequence)),
        "type": f"AreaWarning{kind}",
        "county_code": COUNTY,
        "sequence": sequence,
        "valid_on": date(2021, 11, sequence),
        "recorded_at": datetime(2021, 11, 2, tzinfo=UTC),
        "area_warning_id": f"00000000-0000-4000-8000-{number:012}",
        "area_code": "530925101",
        "cause": "event",
        "since": date(2021, 10, 27),
        "seal_subject": b"",
        **own,
        **more,
    }


LOG = [
    told(1, "Raised"),
    told(2, "Raised", 2, risk="illness", households=5, expected=0.5),
    told(3, "Changed", until=date(2021, 11, 5)),
    told(4, "Closed", until=date(2021, 11, 5), reason="over"),
    told(5, "Raised"),
    told(6, "Changed", 2, risk="illness", households=6, expected=0.5),
]


@settings(max_examples=10, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(cuts=st.lists(st.integers(0, len(LOG)), max_size=4))
def test_the_rows_follow_from_the_events_alone(fresh_database: str, cuts: list[int]) -> None:
    messages = delivered(LOG, COUNTY_EVENTS)
    with database.connect(fresh_database) as conn:
        conn.execute("DROP TABLE IF EXISTS projection")
        conn.execute("DROP VIEW IF EXISTS area_warning")
        conn.execute("DROP TABLE IF EXISTS area_warning_v1")
        conn.execute("DELETE FROM stream_position")
        handler = ProjectionHandler(PROJECTION, versions.ensure(conn, PROJECTION), live=False)
        for end in [*sorted(cuts), len(LOG)]:
            if end:
                handler.process(conn, messages[:end])
        rows = conn.execute(
            "SELECT open, raised_on, changed_on, until, households, reason FROM area_warning ORDER BY area_warning_id"
        ).fetchall()
    assert rows == [
        (True, date(2021, 11, 5), date(2021, 11, 5), None, None, None),
        (True, date(2021, 11, 2), date(2021, 11, 6), None, 6, None),
    ]
