"""Area warnings on a real PostgreSQL: whoever leads the area is told once, in the page and in one digest."""

from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest

from consumers.notifier.digests import write_due
from consumers.notifier.handler import Notifier
from fangpin import database
from fangpin.database import Connection
from fangpin.policies import load_book
from fangpin.settings import Settings
from fangpin.topics import COUNTY_EVENTS
from tests.county_events import County
from tests.household_events import COUNTY, OTHER_VILLAGE, VILLAGE, Event, delivered

TOWN = VILLAGE[:9]
OFFICERS = (
    ("village", VILLAGE),
    ("township", TOWN),
    ("township", "530925102"),
    ("county", COUNTY),
    ("analyst", COUNTY),
)


@pytest.fixture
def conn(fresh_database: str) -> Iterator[Connection]:
    with database.connect(fresh_database) as conn:
        for role, area in OFFICERS:
            _officer(conn, f"{role}-{area}", role, area)
        _officer(conn, "county-530926", "county", "530926")
        conn.execute("INSERT INTO county (county_code, civil_date) VALUES (%s, '2021-11-02')", (COUNTY,))
        conn.commit()
        yield conn


def _officer(conn: Connection, username: str, role: str, area: str) -> None:
    conn.execute(
        "INSERT INTO officer (username, password_hash, role, county, area) VALUES (%s, %s, %s, %s, %s)",
        (username, b"", role, area[:6], area),
    )


def warn(county: County, number: int, area: str, cause: str = "cluster", kind: str = "Raised", **more: Any) -> Event:
    """An area warning, told."""
    own = {
        "cluster": {"risk": "illness", "households": 6, "expected": 0.5},
        "event": {"feed": "area-event", "source": "emergency", "record_id": f"a-{number}"},
        "register": {"households": 40},
    }[cause]
    empty = dict.fromkeys(("risk", "households", "expected", "feed", "source", "record_id", "reason", "sealed"))
    return county.emit(
        f"AreaWarning{kind}",
        date(2021, 11, 2),
        **{
            "area_warning_id": str(UUID(int=number)),
            "area_code": area,
            "cause": cause,
            "since": date(2021, 10, 27),
            "until": date(2021, 11, 2),
            "seal_subject": b"",
            **empty,
            **own,
            **more,
        },
    )


def _take(conn: Connection, events: list[Event], *, whole: bool = False) -> None:
    messages = delivered(events, COUNTY_EVENTS)
    for batch in [messages] if whole else [[one] for one in messages]:
        Notifier().process(conn, batch)
        conn.commit()


def _told(conn: Connection) -> list[tuple[int, str]]:
    rows = conn.execute("SELECT area_warning_id, username FROM area_notice ORDER BY 1, event_id, 2").fetchall()
    return [(identity.int, username) for identity, username in rows]


def test_townships_and_the_county_are_told_of_what_touches_them(conn: Connection) -> None:
    county = County()
    warn(county, 1, VILLAGE)
    warn(county, 2, TOWN, "event")
    warn(county, 3, COUNTY)
    _take(conn, county.log, whole=True)
    assert _told(conn) == [
        (1, "county-530925"),
        (1, "township-530925101"),
        (2, "county-530925"),
        (2, "township-530925101"),
        (3, "county-530925"),
        (3, "township-530925101"),
        (3, "township-530925102"),
    ]


def test_a_change_and_an_end_tell_nobody_and_what_opens_again_is_told_again_once(conn: Connection) -> None:
    county = County()
    warn(county, 1, VILLAGE)
    warn(county, 1, VILLAGE, kind="Changed", households=7)
    warn(county, 1, VILLAGE, kind="Closed", reason="over")
    _take(conn, county.log)
    assert len(_told(conn)) == 2
    warn(county, 1, VILLAGE)
    _take(conn, county.log)
    _take(conn, county.log, whole=True)
    conn.execute("DELETE FROM stream_position")  # a lost position, and the log from its start
    _take(conn, county.log)
    assert len(_told(conn)) == 4


def test_their_pages_hear_of_it(conn: Connection) -> None:
    county = County()
    warn(county, 1, VILLAGE)
    conn.execute("LISTEN fangpin_warnings")
    _take(conn, county.log)
    assert [one.payload for one in conn.notifies(timeout=60, stop_after=2)] == [COUNTY, TOWN]


def test_each_area_has_it_in_one_digest(conn: Connection, tmp_path: Path, fresh_database: str) -> None:
    settings = Settings(DATABASE_URL=fresh_database, data_dir=tmp_path)
    _officer(conn, "second", "county", COUNTY)
    county = County()
    warn(county, 1, TOWN)
    warn(county, 2, TOWN, "event")
    for number, village in ((3, VILLAGE), (4, OTHER_VILLAGE)):
        warn(county, number, village, "register")
    _take(conn, county.log)
    assert write_due(conn, settings, load_book(), {}) == 2
    assert write_due(conn, settings, load_book(), {}) == 0
    told = "\n".join(
        (
            "2021-11-02 新区域预警 3 项",
            "- 勐勐镇：因病预警集中，2021-10-27 起的一周",
            "- 勐勐镇：区域性风险事件，自 2021-10-27 起",
            "- 2 个村的农户登记过期，请更新",
            "只提示到哪里去看；详情见“区域预警”页。\n",
        )
    )
    for area, name in ((COUNTY, "双江自治县"), (TOWN, "勐勐镇")):
        text = (tmp_path / "digests" / "2021-11-02" / f"{area}.txt").read_text(encoding="utf-8")
        assert text == f"{name} {told}"
    conn.execute("UPDATE county SET civil_date = '2021-11-03'")
    conn.commit()
    assert write_due(conn, settings, load_book(), {}) == 0
    warn(county, 5, VILLAGE)
    _take(conn, county.log)
    assert write_due(conn, settings, load_book(), {}) == 2
    text = (tmp_path / "digests" / "2021-11-03" / f"{TOWN}.txt").read_text(encoding="utf-8")
    assert "新区域预警 1 项" in text
