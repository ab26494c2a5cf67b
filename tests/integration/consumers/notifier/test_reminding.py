"""Reminders in the digests, driven by the county's civil date: one digest an area and day, whatever is replayed."""

from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path

import pytest

from consumers.notifier.digests import write_due
from fangpin import database
from fangpin.database import Connection
from fangpin.domain.policy import PackBook
from fangpin.policies import load_book
from fangpin.settings import Settings
from fangpin.topics import COUNTY_EVENTS
from projections import PROJECTIONS, versions
from projections.handler import ProjectionHandler
from tests.county_events import County
from tests.household_events import delivered

CODE, VILLAGE = "410922", "410922100201"
FIRST = date(2021, 11, 18)


class Town:
    """A county of 清丰 whose days come one by one, with its digests."""

    def __init__(self, conn: Connection, url: str, directory: Path) -> None:
        self.conn = conn
        self.county = County(CODE)
        self.settings = Settings(DATABASE_URL=url, data_dir=directory)
        self.book: PackBook = load_book()
        self.looked: dict[str, date] = {}
        for name in ("village_inbox", "month_board"):
            versions.ensure(conn, PROJECTIONS[name])
        conn.execute("INSERT INTO county (county_code) VALUES (%s)", (CODE,))

    def date_is(self, day: date) -> None:
        """The county's date, of which the board has not heard yet."""
        self.conn.execute("UPDATE county SET civil_date = %s", (day,))
        self.county.day(day)

    def fold(self) -> None:
        """The board hears of everything; what it has heard before does nothing."""
        projection = PROJECTIONS["month_board"]
        handler = ProjectionHandler(projection, versions.ensure(self.conn, projection), live=True)
        handler.process(self.conn, delivered(self.county.log, COUNTY_EVENTS))
        self.conn.commit()

    def comes(self, day: date) -> int:
        """A day comes; how many digests were made."""
        self.date_is(day)
        self.fold()
        return self.write()

    def write(self) -> int:
        return write_due(self.conn, self.settings, self.book, self.looked)

    def text(self, day: date, area: str = CODE) -> str:
        path = self.settings.data_dir / "digests" / str(day) / f"{area}.txt"
        return path.read_text(encoding="utf-8") if path.exists() else ""


@pytest.fixture
def town(fresh_database: str, tmp_path: Path) -> Iterator[Town]:
    with database.connect(fresh_database) as conn:
        yield Town(conn, fresh_database, tmp_path)


def _days(first: date, count: int) -> list[date]:
    return [first + timedelta(days=number) for number in range(count)]


def test_the_county_is_told_the_day_before_and_each_day_after_once(town: Town) -> None:
    days = _days(FIRST, 6)
    assert [town.comes(day) for day in days] == [0, 1, 0, 1, 1, 1]
    assert "- 明天到期：医疗保障局 因病预警线索（11月20日前）" in town.text(days[1])
    assert "清丰县 2021-11-21 报送提醒" in town.text(days[3])
    assert "- 已逾期1天：医疗保障局 因病预警线索（11月20日前）" in town.text(days[3])
    town.county.deliver(on=date(2021, 11, 2))
    town.county.nothing(of_feed="disability", department="disabled-federation")
    assert town.comes(date(2021, 11, 24)) == 1
    text = town.text(date(2021, 11, 24))
    assert "医疗保障局" not in text
    assert "残疾人联合会" not in text
    assert "- 已逾期4天：卫生健康局 因病预警线索（11月20日前）" in text


def test_a_restart_a_replay_and_a_clock_set_back_tell_nobody_twice(town: Town) -> None:
    for day in _days(FIRST, 4):
        town.comes(day)
    before = town.conn.execute("SELECT area, day, made_at FROM digest ORDER BY day").fetchall()
    assert len(before) == 2
    town.looked.clear()
    assert town.write() == 0
    for day in (date(2021, 11, 19), date(2021, 11, 21)):
        assert town.comes(day) == 0
    projection = PROJECTIONS["month_board"]
    version = versions.next_version(town.conn, projection)
    ProjectionHandler(projection, version, live=False).process(town.conn, delivered(town.county.log, COUNTY_EVENTS))
    versions.swap(town.conn, projection, version)
    town.looked.clear()
    assert town.write() == 0
    assert town.conn.execute("SELECT area, day, made_at FROM digest ORDER BY day").fetchall() == before


def test_one_digest_holds_warnings_and_reminders_and_waits_for_the_board(town: Town) -> None:
    town.comes(date(2021, 11, 20))
    town.conn.execute(
        "INSERT INTO notice (event_id, username, warning_id, village_code, risk, since, told_at) VALUES "
        "(gen_random_uuid(), 'one', gen_random_uuid(), %s, 'illness', '2021-11-20', now())",
        (VILLAGE,),
    )
    assert town.write() == 1  # a village's warnings, on a day on which nobody is reminded of anything
    town.date_is(date(2021, 11, 21))
    town.conn.execute(
        "INSERT INTO notice (event_id, username, warning_id, village_code, risk, since, told_at) VALUES "
        "(gen_random_uuid(), 'one', gen_random_uuid(), %s, 'housing', '2021-11-20', now())",
        (VILLAGE,),
    )
    town.conn.commit()
    assert town.write() == 0  # the board does not know the day yet: the digest would lack its reminders
    town.fold()
    assert town.write() == 2
    assert "新预警 1 条" in town.text(date(2021, 11, 21), VILLAGE)
    assert town.text(date(2021, 11, 21)).startswith("清丰县 2021-11-21 报送提醒")
