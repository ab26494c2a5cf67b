"""The facts that trials read are those of the correlator's own table, wherever the blocks end."""

from collections.abc import Iterator
from datetime import date
from typing import Any

import pytest

from fangpin import database
from fangpin.database import Connection
from fangpin.domain.feeds import FEEDS
from fangpin.domain.records import read_content
from fangpin.errors import PoisonError
from fangpin.salts import load_salts
from fangpin.vault import Vault
from services.sandbox import keeping
from services.sandbox.facts import FACTS, columns, facts, reached, told
from services.sandbox.keeping import catch_up, keep
from services.simulator import simulate_records, simulate_register
from tests.desk import Desk
from tests.servers import new_database

COUNTY = "530925"
TODAY = date(2021, 12, 20)
VAULT = Vault(b"k" * 32)


@pytest.fixture(autouse=True)
def small_blocks(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(keeping, "LEAST", 1)
    monkeypatch.setattr(keeping, "ROWS", 50)


@pytest.fixture
def conn(servers: Any, migrated_template: str) -> Iterator[Connection]:
    with new_database(servers.database_url, template=migrated_template) as url, database.connect(url) as conn:
        yield conn


def stored(conn: Connection) -> dict[bytes, Any]:
    """What the table of signals has of facts that a household has now and whose seals open."""
    rows = conn.execute(
        "SELECT record_key, household_id, feed, occurred_on, seal_subject, sealed FROM signal "
        "WHERE is_current AND NOT withdrawn AND household_id IS NOT NULL AND feed = ANY(%s)",
        (sorted(FACTS),),
    ).fetchall()
    salts = load_salts(conn, (bytes(row[4]) for row in rows))
    found = {}
    for key, household, feed, day, subject, sealed in rows:
        if bytes(subject) in salts:
            fields = read_content(FEEDS[feed], VAULT.open_json(bytes(subject), salts[bytes(subject)], bytes(sealed)))
            judged = {name: value for name, value in fields.items() if name in columns(FEEDS[feed])}
            found[key.bytes] = {**judged, "household": household.bytes, "key": key.bytes, "day": day}
    return found


def seen(conn: Connection, vault: Vault = VAULT) -> dict[bytes, Any]:
    _, tail = told(conn, vault, COUNTY, reached(conn, COUNTY))
    return {
        row["key"]: {name: tuple(value) if isinstance(value, list) else value for name, value in row.items()}
        for feed in FACTS
        for row in facts(conn, vault, COUNTY, FEEDS[feed], tail).iter_rows(named=True)
    }


def blocks(conn: Connection) -> int:
    row = conn.execute("SELECT count(*) FROM trial_block WHERE feed <> ''").fetchone()
    assert row is not None
    return int(row[0])


def test_corrections_withdrawals_and_moves_are_told_as_the_table_has_them(conn: Connection) -> None:
    desk = Desk(conn)
    register = list(simulate_register(COUNTY, 30, 5, TODAY))
    records = [
        one
        for one in simulate_records(COUNTY, register, 5, date(2021, 10, 1), TODAY, 300)
        if one["feed"] in FACTS and one["status"] == "active"
    ]
    desk.take(*register)
    late = [one for one in records if one["revision"] == 1]
    desk.take(*late)
    assert [keep(conn, VAULT) for _ in range(2)] == [True, True]
    assert seen(conn) == stored(conn) != {}
    withdrawn = [{**one, "revision": 90, "status": "withdrawn"} for one in late[:20]]
    gone = [{**one, "revision": 90, "status": "withdrawn"} for one in register[:5]]
    desk.take(*withdrawn, *({**one, "revision": 91} for one in late[20:40]))
    desk.take(*gone)
    assert all(keep(conn, VAULT) for _ in range(3))
    desk.take(*({**one, "revision": 92} for one in late[:10]), *({**one, "revision": 93} for one in register[:2]))
    assert seen(conn) == stored(conn)
    catch_up(conn, VAULT, COUNTY)
    assert not keep(conn, VAULT)
    assert seen(conn) == stored(conn)
    assert blocks(conn) > 5


def test_the_blocks_go_with_a_salt_and_are_made_again_without_its_records(conn: Connection) -> None:
    desk = Desk(conn)
    register = list(simulate_register(COUNTY, 10, 5, TODAY))
    records = [
        one for one in simulate_records(COUNTY, register, 5, date(2021, 10, 1), TODAY, 60) if one["feed"] in FACTS
    ]
    desk.take(*register, *records)
    while keep(conn, VAULT):
        pass
    before = seen(conn)
    person = conn.execute(
        "SELECT person_key FROM signal WHERE household_id IS NOT NULL AND feed = 'disability'"
    ).fetchone()
    assert person is not None
    conn.execute("INSERT INTO vault_salt VALUES ('exceptions:2019-01', 'x'), ('refused-rows:2019-01-01', 'x')")
    conn.execute("DELETE FROM vault_salt WHERE subject IN ('exceptions:2019-01', 'refused-rows:2019-01-01')")
    assert blocks(conn) > 0
    conn.execute("DELETE FROM vault_salt WHERE subject = %s", person)
    conn.commit()
    assert blocks(conn) == 0
    while keep(conn, VAULT):
        pass
    after = seen(conn)
    assert blocks(conn) > 0
    assert after == stored(conn)
    assert 0 < len(after) < len(before)


def test_a_block_opens_for_its_own_vault_alone(conn: Connection) -> None:
    desk = Desk(conn)
    register = list(simulate_register(COUNTY, 5, 5, TODAY))
    desk.take(*register, *simulate_records(COUNTY, register, 5, date(2021, 10, 1), TODAY, 30))
    while keep(conn, VAULT):
        pass
    with pytest.raises(PoisonError):
        seen(conn, Vault(b"x" * 32))


def test_no_column_names_a_person_or_holds_free_text() -> None:
    for slug in FACTS:
        judged = columns(FEEDS[slug]).keys()
        assert not {"key", "household", "day"} & {field.name for field in FEEDS[slug].fields}
        assert (
            not {field.name for field in FEEDS[slug].fields if field.kind in ("text", "object") or field.hidden}
            & judged
        )
