"""The replay judges only what two books may judge differently; it must find what judging everything twice finds."""

from collections import defaultdict
from collections.abc import Iterator
from datetime import date
from typing import Any
from uuid import UUID

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bench.sandbox_replay import drafts
from fangpin import database
from fangpin.database import Connection
from fangpin.domain.feeds import FEEDS
from fangpin.domain.policy import Fact, Pack, PackBook, evaluate
from fangpin.domain.policy.pack import HouseholdKind, Rule
from fangpin.domain.policy.succession import followed
from fangpin.domain.policy.trial import Comparison, shown
from fangpin.domain.records import read_content
from fangpin.domain.register import Register, RegisterState
from fangpin.errors import PoisonError
from fangpin.policies import load_book, pack_of_text
from fangpin.salts import load_salts
from fangpin.vault import Vault
from services.sandbox.keeping import keep
from services.sandbox.replaying import replay
from services.sandbox.snapshot import snapshot
from services.simulator import simulate_records, simulate_register
from tests.desk import Desk
from tests.packs import pack_text
from tests.servers import new_database

COUNTY = "530925"
TODAY = date(2021, 12, 20)
VAULT = Vault(b"k" * 32)


@pytest.fixture(scope="module")
def history(servers: Any, migrated_template: str) -> Iterator[str]:
    """A simulated county as the correlator stored it, a part of it in blocks."""
    with new_database(servers.database_url, template=migrated_template) as url, database.connect(url) as conn:
        desk = Desk(conn)
        register = list(simulate_register(COUNTY, 80, 3, TODAY))
        records = list(simulate_records(COUNTY, register, 3, date(2021, 10, 1), TODAY, 1500))
        tick = {"feed": "clock", "record_id": "c-1", "revision": 1, "county_code": COUNTY, "date": TODAY.isoformat()}
        desk.take({**tick, "reported_at": f"{TODAY}T08:00:00+08:00"}, *register)
        desk.take(*records[: len(records) // 2])
        assert [keep(conn, VAULT), keep(conn, VAULT)] == [True, False]
        desk.take(*records[len(records) // 2 :])
        yield url


def cases() -> Iterator[tuple[str, list[Pack]]]:
    (own,) = load_book().of(COUNTY)
    yield from ((name, [draft]) for name, draft in drafts(own))
    later = pack_of_text(pack_text(5000, valid_from="2021-11-15"), "later")
    yield "a successor with a lower line from a day on", followed([own], later)
    yield "nothing at all", [msgspec.structs.replace(own, rules=())]
    only = [msgspec.structs.replace(rule, risk="other") for rule in own.rules if rule.feed == "unemployment"]
    others = [rule for rule in own.rules if rule.feed != "unemployment"]
    labels = {**own.risk_labels, "other": "其他"}
    yield "another risk", [msgspec.structs.replace(own, rules=(*others, *only), risk_labels=labels)]


@pytest.mark.parametrize(("name", "packs"), list(cases()), ids=lambda one: one if isinstance(one, str) else "")
def test_it_finds_what_judging_everything_finds(history: str, name: str, packs: list[Pack]) -> None:
    in_force, draft = PackBook(load_book().of(COUNTY)), PackBook(packs)
    with snapshot(history) as snap:
        outcome = replay(snap, VAULT, in_force, draft, COUNTY, TODAY)
        wanted = everything(snap.conn, in_force, draft)
    assert told(outcome.comparison) == told(wanted)
    assert told(wanted)["kept"] > 0 or name == "nothing at all"
    assert outcome.opened < outcome.records


CHANGES = ("as it is", "gone", "drawn tighter", "widened", "of another risk", "for others")


def changed(rule: Rule, change: str) -> Rule | None:
    """The rule with one change, where it can have it."""
    when = rule.when
    if change == "gone":
        return None
    if change == "of another risk":
        return msgspec.structs.replace(rule, risk="illness" if rule.risk == "housing" else "housing")
    if change == "for others":
        return msgspec.structs.replace(rule, households=(HouseholdKind(classes=("ordinary",)),))
    if change == "widened" and (when is None or when.compare is None):
        return msgspec.structs.replace(rule, when=None)
    if change in ("drawn tighter", "widened") and when is not None and when.compare is not None:
        up = (change == "drawn tighter") == (when.compare in (">", ">="))
        return msgspec.structs.replace(rule, when=msgspec.structs.replace(when, value="7500.00" if up else "4000.00"))
    if change == "drawn tighter" and when is not None and when.one_of is not None:
        return msgspec.structs.replace(rule, when=msgspec.structs.replace(when, one_of=when.one_of[:1]))
    return rule


@settings(max_examples=30, deadline=None)
@given(
    changes=st.lists(st.sampled_from(CHANGES), min_size=40, max_size=40),
    on=st.dates(date(2021, 10, 15), date(2022, 2, 1)),
)
def test_whatever_is_left_closed_the_comparison_is_that_of_everything(
    history: str, changes: list[str], on: date
) -> None:
    (own,) = load_book().of(COUNTY)
    rules = [changed(rule, change) for rule, change in zip(own.rules, changes, strict=False)]
    in_force = PackBook([own])
    draft = PackBook([msgspec.structs.replace(own, rules=tuple(rule for rule in rules if rule is not None))])
    with snapshot(history) as snap:
        outcome = replay(snap, VAULT, in_force, draft, COUNTY, on)
        assert told(outcome.comparison) == told(everything(snap.conn, in_force, draft, on=on))


def test_a_draft_without_rules_opens_nothing(history: str) -> None:
    (own,) = load_book().of(COUNTY)
    empty = PackBook([msgspec.structs.replace(own, rules=())])
    with snapshot(history) as snap:
        outcome = replay(snap, VAULT, PackBook([own]), empty, COUNTY, TODAY)
    assert outcome.opened == 0
    assert outcome.comparison.count("disappears") > 0


def test_another_vault_is_told_and_leaves_the_connection_usable(history: str) -> None:
    (own,) = load_book().of(COUNTY)
    line = next(draft for name, draft in drafts(own) if "5000" in name)
    with snapshot(history) as snap:
        with pytest.raises(PoisonError):
            replay(snap, Vault(b"x" * 32), PackBook([own]), PackBook([line]), COUNTY, TODAY)
        snap.conn.rollback()
        assert snap.conn.execute("SELECT 1").fetchone() == (1,)


def test_a_line_drawn_tighter_opens_only_what_met_the_old_one(history: str) -> None:
    in_force = PackBook(load_book().of(COUNTY))
    outcomes = []
    for line in (5999, 6001):
        with snapshot(history) as snap:
            draft = PackBook([pack_of_text(pack_text(line, valid_from="2021-09-28"), "x")])
            outcomes.append(replay(snap, VAULT, in_force, draft, COUNTY, TODAY))
    looser, tighter = outcomes
    assert 0 < tighter.opened < looser.opened < looser.records


def told(comparison: Comparison) -> dict[str, Any]:
    changes = [
        (one.village_code, one.household_no, one.risk, one.change, one.since, one.records, one.pack, one.rules)
        for one in comparison.in_order()
    ]
    return {"changes": changes, "kept": comparison.kept, "work": comparison.workload(), "redated": comparison.redated}


def everything(conn: Connection, *books: PackBook, on: date = TODAY) -> Comparison:
    """Every record opened and judged under both books."""
    facts: dict[UUID, list[Fact]] = defaultdict(list)
    rows = conn.execute(
        "SELECT household_id, feed, source, record_id, occurred_on, person_key, seal_subject, sealed FROM signal "
        "WHERE is_current AND NOT withdrawn AND household_id IS NOT NULL",
    ).fetchall()
    salts = load_salts(conn, (bytes(row[6]) for row in rows))
    for household, feed, source, record_id, day, person, subject, sealed in rows:
        if FEEDS[feed].role == "fact":
            content = VAULT.open_json(bytes(subject), salts[bytes(subject)], bytes(sealed))
            who = bytes(person).hex() if person is not None else None
            facts[household].append(Fact(feed, source, record_id, day, read_content(FEEDS[feed], content), who))
    comparison = Comparison()
    for household, number, village in conn.execute("SELECT household_id, household_no, village_code FROM household"):
        states = conn.execute("SELECT state::text FROM register_state WHERE household_id = %s", (household,)).fetchall()
        register = Register(number, [msgspec.json.decode(row[0], type=RegisterState) for row in states])
        before, after = (map(shown, evaluate(COUNTY, facts[household], register, book, on)) for book in books)
        comparison.add(village, number, before, after)
    return comparison
