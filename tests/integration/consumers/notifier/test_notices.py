"""Notices and digests on a real PostgreSQL: once, whatever is delivered again."""

import socketserver
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from pathlib import Path

import pytest

from consumers.notifier.digests import write_due
from consumers.notifier.handler import Notifier
from fangpin import database
from fangpin.database import Connection
from fangpin.errors import FatalError
from fangpin.policies import load_book
from fangpin.settings import Settings
from tests.household_events import COUNTY, OTHER_VILLAGE, VILLAGE, Event, Household, delivered

OFFICERS = (("one", VILLAGE), ("two", VILLAGE), ("three", OTHER_VILLAGE))
TOLD = ("one", "two", "town", "county")  # of a warning in VILLAGE


@pytest.fixture
def conn(fresh_database: str) -> Iterator[Connection]:
    """A hub with three village officers, those above them, others who are told nothing, and a civil date."""
    with database.connect(fresh_database) as conn:
        for username, area in OFFICERS:
            _officer(conn, username, "village", area)
        _officer(conn, "town", "township", VILLAGE[:9])
        _officer(conn, "county", "county", COUNTY)
        _officer(conn, "next-town", "township", "530925102")
        _officer(conn, "next-county", "county", "530926")
        _officer(conn, "analyst", "analyst", COUNTY)
        _officer(conn, "auditor", "auditor", COUNTY)
        conn.execute("INSERT INTO county (county_code, civil_date) VALUES (%s, '2021-11-02')", (COUNTY,))
        conn.commit()
        yield conn


def _officer(conn: Connection, username: str, role: str, area: str) -> None:
    conn.execute(
        "INSERT INTO officer (username, password_hash, role, county, area) VALUES (%s, %s, %s, %s, %s)",
        (username, b"", role, COUNTY, area),
    )


def _notices(conn: Connection) -> list[tuple[str, str]]:
    return conn.execute("SELECT event_id::text, username FROM notice ORDER BY told_at, username").fetchall()


def test_one_notice_a_raising_event_and_officer_also_when_delivered_again(conn: Connection) -> None:
    log: list[Event] = []
    household = Household(1, log)
    household.register()
    raised = household.warn("WarningRaised")
    household.warn("WarningGrew", records=("m-1", "m-2"))
    stock = household.warn("WarningRaised", "housing", stock=True)
    flipped = household.warn("WarningGrew", "housing", ("m-1", "m-2"))
    messages = delivered(log)
    notifier = Notifier()
    notifier.process(conn, messages[:2])
    conn.rollback()  # a crash before the commit
    for one in ([0], [0, 1, 2], [2], [1, 2, 3], [3, 4], [0, 1, 2, 3, 4]):
        notifier.process(conn, [messages[number] for number in one])
        conn.commit()
    wanted = {(event["event_id"], username) for event in (raised, flipped) for username in TOLD}
    assert len(_notices(conn)) == len(wanted)
    assert set(_notices(conn)) == wanted
    assert stock["event_id"] not in {event for event, _ in _notices(conn)}


def test_a_village_without_officers_is_told_of_above_and_its_pages_hear_of_it(conn: Connection) -> None:
    log: list[Event] = []
    Household(1, log, VILLAGE[:9] + "299").warn("WarningRaised")
    conn.execute("LISTEN fangpin_warnings")
    Notifier().process(conn, delivered(log))
    conn.commit()
    assert {username for _, username in _notices(conn)} == {"town", "county"}
    assert [one.payload for one in conn.notifies(timeout=60, stop_after=1)] == [VILLAGE[:9] + "299"]


def test_what_goes_up_is_told_to_that_level_alone_and_in_no_digest(
    conn: Connection, tmp_path: Path, fresh_database: str
) -> None:
    log: list[Event] = []
    household = Household(1, log)
    raised = household.warn("WarningRaised")
    late, later, _ = (household.escalate(level) for level in ("township", "county", "none"))
    for _ in range(2):
        Notifier().process(conn, delivered(log))
        conn.commit()
    wanted = {(raised["event_id"], username) for username in TOLD}
    assert set(_notices(conn)) == wanted | {(late["event_id"], "town"), (later["event_id"], "county")}
    assert write_due(conn, Settings(DATABASE_URL=fresh_database, data_dir=tmp_path), load_book(), {}) == 1
    assert "新预警 1 条" in (tmp_path / "digests" / "2021-11-02" / f"{VILLAGE}.txt").read_text(encoding="utf-8")


def test_a_lost_position_does_not_tell_twice_and_a_gap_stops(conn: Connection) -> None:
    log: list[Event] = []
    household = Household(1, log)
    household.warn("WarningRaised")
    Notifier().process(conn, delivered(log))
    conn.execute("DELETE FROM stream_position")
    Notifier().process(conn, delivered(log))
    assert len(_notices(conn)) == len(TOLD)
    household.warn("WarningGrew")
    household.warn("WarningGrew")
    with pytest.raises(FatalError):
        Notifier().process(conn, delivered(log)[2:])


def test_a_digest_a_village_and_civil_day_lists_every_notice_once(
    conn: Connection, tmp_path: Path, fresh_database: str
) -> None:
    settings = Settings(DATABASE_URL=fresh_database, data_dir=tmp_path)
    log: list[Event] = []
    first, second = Household(1, log), Household(2, log)
    first.warn("WarningRaised")
    second.warn("WarningRaised")
    Notifier().process(conn, delivered(log))
    conn.commit()
    assert write_due(conn, settings, load_book(), {}) == 1
    text = (tmp_path / "digests" / "2021-11-02" / f"{VILLAGE}.txt").read_text(encoding="utf-8")
    assert "2021-11-02 新预警 2 条" in text
    assert "因病" in text
    assert "2 条，自 2021-11-01 起，请于 2021-11-25 前核实" in text
    first.warn("WarningRaised", "housing")
    Notifier().process(conn, delivered(log))
    conn.commit()
    assert write_due(conn, settings, load_book(), {}) == 0  # the day has its digest
    conn.execute("UPDATE county SET civil_date = '2021-11-03'")
    conn.commit()
    assert write_due(conn, settings, load_book(), {}) == 1
    text = (tmp_path / "digests" / "2021-11-03" / f"{VILLAGE}.txt").read_text(encoding="utf-8")
    assert "新预警 1 条" in text
    days = conn.execute("SELECT DISTINCT day, channel FROM digest ORDER BY 1").fetchall()
    assert days == [(date(2021, 11, 2), "file"), (date(2021, 11, 3), "file")]


def test_a_digest_that_cannot_be_written_is_made_again(conn: Connection, tmp_path: Path, fresh_database: str) -> None:
    settings = Settings(DATABASE_URL=fresh_database, data_dir=tmp_path)
    log: list[Event] = []
    Household(1, log).warn("WarningRaised")
    Notifier().process(conn, delivered(log))
    conn.commit()
    (tmp_path / "digests").write_text("a file where the folder should be")
    with pytest.raises(NotADirectoryError):
        write_due(conn, settings, load_book(), {})
    conn.rollback()
    (tmp_path / "digests").unlink()
    assert write_due(conn, settings, load_book(), {}) == 1


class _Mailbox(socketserver.StreamRequestHandler):
    """As much SMTP as one message needs."""

    received: list[bytes]

    def handle(self) -> None:
        self.wfile.write(b"220 here\r\n")
        while line := self.rfile.readline():
            if line.upper().startswith(b"DATA"):
                self.wfile.write(b"354 go on\r\n")
                self.received.append(b"".join(iter(self.rfile.readline, b".\r\n")))
            elif line.upper().startswith(b"QUIT"):
                self.wfile.write(b"221 bye\r\n")
                return
            self.wfile.write(b"250 ok\r\n")


@contextmanager
def _mail_server() -> Iterator[tuple[int, list[bytes]]]:
    received: list[bytes] = []
    handler = type("Handler", (_Mailbox,), {"received": received})
    with socketserver.TCPServer(("127.0.0.1", 0), handler) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        try:
            yield server.server_address[1], received
        finally:
            server.shutdown()
            thread.join()


def test_a_message_is_sent_once_where_smtp_is_configured(conn: Connection, tmp_path: Path, fresh_database: str) -> None:
    log: list[Event] = []
    Household(1, log).warn("WarningRaised")
    Notifier().process(conn, delivered(log))
    conn.commit()
    with _mail_server() as (port, received):
        url = f"smtp://127.0.0.1:{port}?to=v-{{village}}@county.example"
        settings = Settings(DATABASE_URL=fresh_database, data_dir=tmp_path, smtp_url=url)
        assert write_due(conn, settings, load_book(), {}) == 1
        assert write_due(conn, settings, load_book(), {}) == 0
    assert len(received) == 1
    assert f"To: v-{VILLAGE}@county.example".encode() in received[0]
    channels = conn.execute("SELECT channel FROM digest ORDER BY 1").fetchall()
    assert channels == [("file",), ("smtp",)]
