"""The month board on the counties' own packs: what was delivered, was nil, is late, is missing, is not due yet."""

from dataclasses import replace
from datetime import date, timedelta

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from fangpin.domain.calendar import months_after
from fangpin.domain.policy.feed_calendar import feed_calendar
from fangpin.domain.policy.month_board import Board, Delivery, Line, NilReturn, Owner, month_board
from fangpin.domain.policy.procedure import Due
from fangpin.policies import load_packs, load_working_days

PACKS = load_packs()
TABLE = load_working_days()
QINGFENG, WENGYUAN, SHUANGJIANG, XUWEN = "410922", "440229", "530925", "440825"
VILLAGE, TOWNSHIP = "410922100201", "410922100"
BUREAU = Owner("medical-insurance")
AREAS = {"village": [VILLAGE], "township": [TOWNSHIP]}


def board(
    county: str,
    month: str,
    today: str | None,
    *came: Delivery | NilReturn,
) -> Board:
    first = date.fromisoformat(f"{month}-01")
    owed = feed_calendar(PACKS, county, first, months_after(first, 1) - timedelta(days=1))
    deliveries = [one for one in came if isinstance(one, Delivery)]
    nils = [one for one in came if isinstance(one, NilReturn)]
    return month_board(owed, month, AREAS, deliveries, nils, date.fromisoformat(today) if today else None, TABLE)


def delivery(
    day: str,
    on: str | None = None,
    owner: Owner = BUREAU,
    feed: str = "medical-expense",
    *,
    named: bool = False,
    baseline: bool = False,
) -> Delivery:
    on = on or day
    return Delivery(owner, feed, date.fromisoformat(day), on[:7], named, baseline, date.fromisoformat(on), 3)


def nil(day: str, month: str, department: str = "medical-insurance", feed: str = "medical-expense") -> NilReturn:
    return NilReturn(Owner(department), feed, month, date.fromisoformat(day))


def line(found: Board, duty: str, department: str = "medical-insurance") -> Line:
    (one,) = [one for one in found.lines if (one.owed.duty.id, one.owner.department) == (duty, department)]
    return one


def standing(
    found: Board, duty: str = "clues-illness", department: str = "medical-insurance"
) -> tuple[str, int | None]:
    one = line(found, duty, department)
    return one.state, one.days_late


@pytest.mark.parametrize(
    ("today", "came", "wanted"),
    [
        ("2021-11-19", [], ("pending", None)),
        ("2021-11-20", [], ("pending", None)),  # 20日前 includes the 20th
        ("2021-11-21", [], ("missing", 1)),
        ("2021-12-20", [], ("missing", 30)),
        (None, [], ("pending", None)),
        ("2021-11-19", [delivery("2021-11-18")], ("delivered", 0)),
        ("2021-11-20", [delivery("2021-11-20")], ("delivered", 0)),
        ("2021-11-21", [delivery("2021-11-21")], ("late", 1)),
        # a late delivery stays late, whatever comes later; one in time stays in time
        ("2021-12-25", [delivery("2021-11-23"), delivery("2021-11-29")], ("late", 3)),
        ("2021-12-25", [delivery("2021-11-02"), delivery("2021-11-29")], ("delivered", 0)),
        # after the month: by what the records are of
        ("2021-12-05", [delivery("2021-12-05", "2021-11-28")], ("late", 15)),
        ("2021-12-05", [delivery("2021-12-05", "2021-12-01")], ("missing", 15)),
        # in the month: a list of older bills is that month's list
        ("2021-11-21", [delivery("2021-11-10", "2021-09-30")], ("delivered", 0)),
        ("2021-11-21", [delivery("2021-10-31", "2021-10-20")], ("missing", 1)),
        # a nil return clears it, also late, and is overtaken by what comes
        ("2021-11-19", [nil("2021-11-18", "2021-11")], ("nil", 0)),
        ("2021-11-25", [nil("2021-11-22", "2021-11")], ("nil", 2)),
        ("2021-11-25", [nil("2021-11-18", "2021-10")], ("missing", 5)),
        ("2021-11-25", [nil("2021-11-18", "2021-11"), delivery("2021-11-25")], ("delivered", 0)),
        ("2021-11-25", [nil("2021-11-18", "2021-11", feed="serious-disease")], ("missing", 5)),
        ("2021-11-25", [nil("2021-11-18", "2021-11", "health")], ("missing", 5)),
        # stock of past years is a delivery, and never late
        ("2021-12-05", [delivery("2021-12-05", "2021-11-28", baseline=True)], ("delivered", None)),
    ],
)
def test_a_monthly_duty_with_a_day(
    today: str | None, came: list[Delivery | NilReturn], wanted: tuple[str, int | None]
) -> None:
    assert standing(board(QINGFENG, "2021-11", today, *came)) == wanted


def test_a_short_month_and_what_comes_on_no_feed() -> None:
    found = board(QINGFENG, "2022-02", "2022-03-01")
    (one,) = [one for one, _ in found.untracked if one.duty.id == "county-decision"]
    assert one.due_on == date(2022, 2, 28)
    assert "county-decision" not in {line.owed.duty.id for line in found.lines}


@pytest.mark.parametrize(
    ("today", "came", "wanted"),
    [
        ("2021-11-30", [], ("pending", None)),
        ("2022-01-05", [], ("missing", None)),  # 文件未规定日期: missing, but by no number of days
        ("2022-01-05", [delivery("2021-12-24", "2021-11-30")], ("delivered", None)),
    ],
)
def test_a_duty_without_a_day_is_never_late(
    today: str, came: list[Delivery | NilReturn], wanted: tuple[str, int | None]
) -> None:
    assert standing(board(SHUANGJIANG, "2021-11", today, *came), "bureaus-monthly") == wanted


@pytest.mark.parametrize(
    ("county", "department", "feed", "duty"),
    [
        (SHUANGJIANG, "education", "education-cost", "bureaus-monthly"),
        (QINGFENG, "civil-affairs", "suspected-household", "clues-security"),
        (QINGFENG, "public-security", "traffic-accident", "clues-accident"),
        (QINGFENG, "emergency", "disaster-loss", "clues-disaster"),
        (QINGFENG, "health", "epidemic-area", "clues-epidemic"),
    ],
)
def test_a_list_that_the_document_asks_of_a_department_is_its_delivery(
    county: str, department: str, feed: str, duty: str
) -> None:
    came = delivery("2021-11-10", owner=Owner(department), feed=feed)
    assert standing(board(county, "2021-11", "2021-12-05", came), duty, department)[0] == "delivered"
    assert standing(board(county, "2021-11", "2021-12-05"), duty, department)[0] == "missing"


def test_a_quarter_and_records_that_name_their_month() -> None:
    owner = Owner("education")
    sent = {"owner": owner, "feed": "suspected-household", "named": True}
    for day, month, wanted in [
        ("2022-08-15", "2022-07", ("delivered", 0)),
        ("2022-10-04", "2022-09", ("late", 4)),
        ("2022-09-15", "2022-06", ("missing", 5)),  # a list of the quarter before is that quarter's
    ]:
        came = delivery(day, f"{month}-15", **sent)  # type: ignore[arg-type]
        assert standing(board(WENGYUAN, "2022-09", "2022-10-05", came), "bureaus-suspected", "education") == wanted
    assert not [one for one in board(WENGYUAN, "2022-08", None).lines if one.owed.duty.id == "bureaus-suspected"]


def test_every_village_has_its_own_line_and_another_villages_list_is_not_its() -> None:
    areas = {"village": [VILLAGE, "410922100202"], "township": [TOWNSHIP]}
    owed = feed_calendar(PACKS, QINGFENG, date(2021, 11, 1), date(2021, 11, 30))
    came = [delivery("2021-11-08", owner=Owner("village", VILLAGE), feed="house-defect")]
    found = month_board(owed, "2021-11", areas, came, [], date(2021, 12, 1), TABLE)
    states = {one.owner.area: one.state for one in found.lines if one.owed.duty.id == "housing-patrol"}
    assert states == {VILLAGE: "delivered", "410922100202": "missing"}


def test_what_happened_is_due_within_a_day_and_silence_about_it_is_no_line() -> None:
    owner = Owner("village", VILLAGE)
    came = [
        delivery("2021-11-09", "2021-11-08", owner, "house-defect"),
        delivery("2021-11-14", "2021-11-10", owner, "house-defect"),
    ]
    one = line(board(QINGFENG, "2021-11", "2021-11-30", *came), "housing-one-day", "village")
    assert (one.state, one.days_late, one.due_on) == ("late", 3, date(2021, 11, 11))
    assert line(board(QINGFENG, "2021-11", "2021-11-30", came[0]), "housing-one-day", "village").state == "delivered"
    assert not [one for one in board(QINGFENG, "2021-11", "2021-11-30").lines if one.owed.duty.id == "housing-one-day"]


def test_a_term_of_working_days_and_the_end_of_the_table() -> None:
    (owed,) = [
        one
        for one in feed_calendar(PACKS, SHUANGJIANG, date(2021, 9, 28), date(2021, 9, 30))
        if one.duty.id == "publicity"
    ]
    due = Due(working_days=5)
    duty = msgspec.structs.replace(owed.duty, every="occurrence", due=due, feeds=("house-defect",))
    owed = replace(owed, duty=duty, period=None)
    owner = Owner("village", VILLAGE)

    def found(day: str, on: str) -> Line:
        came = [delivery(day, on, owner, "house-defect")]
        return month_board([owed], on[:7], AREAS, came, [], date.fromisoformat(day), TABLE).lines[0]

    late = found("2021-10-14", "2021-09-30")  # 1–7 October is off, Saturday the 9th is worked
    assert (late.due_on, late.days_late) == (date(2021, 10, 13), 1)
    beyond = found("2031-01-14", "2031-01-02")
    assert (beyond.state, beyond.days_late) == ("delivered", None)
    assert beyond.unknown


def test_all_departments_are_those_of_the_county_but_the_one_that_receives() -> None:
    owners = [
        one.owner
        for one in board(XUWEN, "2021-11", "2021-11-30").lines
        if one.owed.duty.id == "spending-and-income-warnings"
    ]
    slugs = {owner.department for owner in owners}
    assert {"education", "finance"} <= slugs
    assert not slugs & {"village", "township", "hub", "rural-revitalisation"}


DAYS = st.dates(date(2021, 10, 1), date(2021, 12, 31)).map(str)


@given(st.lists(st.tuples(DAYS, DAYS), max_size=6), st.dates(date(2021, 11, 1), date(2022, 1, 31)))
def test_the_order_of_arrival_is_no_matter_and_one_in_time_is_in_time(sent: list[tuple[str, str]], today: date) -> None:
    came = [delivery(max(day, on), on) for day, on in sent]
    one = standing(board(QINGFENG, "2021-11", str(today), *came))
    assert standing(board(QINGFENG, "2021-11", str(today), *reversed(came))) == one
    assert standing(board(QINGFENG, "2021-11", str(today), *came, delivery("2021-11-01"))) == ("delivered", 0)
