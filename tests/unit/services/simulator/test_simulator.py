"""The invented county: repeatable, valid by the hub's own rules, and readable as files."""

from collections import Counter, defaultdict
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from fangpin.domain.feeds import FEEDS
from fangpin.domain.records import parse_record
from fangpin.ports import Account
from fangpin.vault import Vault
from fangpin.wire import encode_record
from services.intake.files import judge_file
from services.simulator import simulate_records, simulate_register
from services.simulator.feeds import PLAYED, sender
from services.simulator.files import write_csv, write_xlsx
from tests.records import NOW, without_feed

TODAY = date(2021, 11, 30)
REGISTER = list(simulate_register("530925", 200, 7, TODAY))
RECORDS = list(simulate_records("530925", REGISTER, 7, date(2021, 9, 28), TODAY, 600))


def test_the_same_seed_gives_the_same_county() -> None:
    assert list(simulate_register("530925", 200, 7, TODAY)) == REGISTER
    assert list(simulate_records("530925", REGISTER, 7, date(2021, 9, 28), TODAY, 600)) == RECORDS
    assert list(simulate_register("530925", 200, 8, TODAY)) != REGISTER


def test_the_simulator_plays_every_feed_that_departments_send() -> None:
    assert set(PLAYED) == {slug for slug, feed in FEEDS.items() if feed.role in ("fact", "county")}
    assert len({played.prefix for played in PLAYED.values()}) == len(PLAYED)
    assert sum(played.share for played in PLAYED.values()) == 1000


@pytest.mark.parametrize("county", ["440229", "440825", "530925", "410922"])
def test_every_record_is_valid_and_every_feed_comes(county: str) -> None:
    register = list(simulate_register(county, 300, 7, TODAY))
    records = list(simulate_records(county, register, 7, date(2020, 7, 1), TODAY, 3000))
    for raw in (*register, *records):
        parse_record(FEEDS[raw["feed"]], without_feed(raw), now=NOW)
        assert sender(raw) in FEEDS[raw["feed"]].departments if raw["feed"] in PLAYED else True
    assert {raw["feed"] for raw in records} == set(PLAYED)
    assert {raw["revision"] for raw in records} >= {1, 2}
    assert any(raw["status"] == "withdrawn" for raw in records)


def test_a_record_is_corrected_by_who_sent_it() -> None:
    slugs = {slug for slug, played in PLAYED.items() if played.sender is not None}
    records = simulate_records("530925", REGISTER, 7, date(2021, 9, 28), TODAY, 2000, slugs)
    senders = defaultdict(set)
    for raw in records:
        senders[raw["record_id"]].add(sender(raw))
    assert {len(found) for found in senders.values()} == {1}


def test_only_the_feeds_that_are_asked_for() -> None:
    records = simulate_records("530925", REGISTER, 7, date(2021, 9, 28), TODAY, 200, {"income", "disability"})
    assert {raw["feed"] for raw in records} == {"income", "disability"}


@pytest.mark.parametrize(("county", "line"), [("440229", "10420"), ("440825", "9576"), ("530925", "6000")])
def test_incomes_fall_on_the_lines_and_a_cent_beside_them(county: str, line: str) -> None:
    register = list(simulate_register(county, 300, 7, TODAY))
    records = simulate_records(county, register, 7, date(2021, 1, 1), TODAY, 4000, {"income"})
    heads = {a_head(raw) - Decimal(line) for raw in records}
    assert heads >= {Decimal("-0.01"), Decimal("0.00"), Decimal("0.01")}


def a_head(raw: dict[str, Any]) -> Decimal:
    """The year's income a head, with what is expected of its other months."""
    parts = ("wage", "pension", "subsistence", "expected_rest")
    total = sum(Decimal(raw.get(name, "0")) for name in parts) - Decimal(raw["business_cost"])
    return round(total / raw["members"], 2)


@pytest.mark.parametrize(
    ("county", "day", "period"),
    [
        ("440229", date(2020, 7, 15), ("2019-07", "2020-06")),
        ("440825", date(2021, 5, 15), ("2020-12", "2021-05")),
        ("440825", date(2021, 12, 15), ("2020-12", "2021-11")),
    ],
)
def test_incomes_are_of_the_countys_period(county: str, day: date, period: tuple[str, str]) -> None:
    register = list(simulate_register(county, 50, 7, day))
    records = list(simulate_records(county, register, 7, day, day, 100, {"income"}))
    periods = Counter((raw["period_from"], raw["period_to"]) for raw in records)
    assert periods.most_common(1)[0][0] == period


def test_no_identity_number_comes_twice() -> None:
    numbers = [member["id_number"] for raw in REGISTER for member in raw["members"]]
    assert len(set(numbers)) == len(numbers)


@pytest.mark.parametrize("slug", PLAYED)
def test_files_hold_the_records(slug: str, tmp_path: Path) -> None:
    records = list(simulate_records("530925", REGISTER, 7, date(2021, 9, 28), TODAY, 20, {slug}))
    write_csv(tmp_path / "a.csv", slug, records)
    write_xlsx(tmp_path / "a.xlsx", slug, records)
    account = Account("department", "a", "department", "530925", FEEDS[slug].departments[0], "530925")
    wanted = [parse_record(FEEDS[slug], without_feed(raw), now=NOW) for raw in records]
    for name in ("a.csv", "a.xlsx"):
        content = (tmp_path / name).read_bytes()
        verdicts = judge_file(FEEDS[slug], account, "a", content, Vault(b"s" * 32), NOW, len)
        assert verdicts.rejected == []
        assert [one.payload for one in verdicts.accepted] == [encode_record(one) for one in wanted]
