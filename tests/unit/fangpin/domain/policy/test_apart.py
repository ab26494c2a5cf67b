"""Where two books part; lines only drawn tighter, lines only widened, and what is neither."""

from datetime import date

import pytest

from fangpin.domain.feeds import FEEDS
from fangpin.domain.policy import PackBook
from fangpin.domain.policy.apart import NEVER, first_days, narrowed, parting, what_judges, widened
from fangpin.domain.policy.pack import Condition
from fangpin.domain.policy.succession import book_of
from fangpin.policies import load_packs, pack_of_text
from tests.packs import pack_text

BASE = load_packs()
COUNTY = "530925"
NAME = "shuangjiang-2022"
BEFORE = PackBook(BASE)
AFTER = book_of(BASE, [pack_of_text(pack_text(6000, NAME, "2022-01-01"), NAME)])


def line(value: str, compare: str = ">=") -> Condition:
    return Condition(field="self_paid", compare=compare, value=value)  # type: ignore[arg-type]


def grades(*allowed: str) -> Condition:
    return Condition(field="grade", one_of=allowed)


@pytest.mark.parametrize(
    ("wider", "tighter"),
    [
        (line("5000"), line("6000.00")),
        (line("6000", "<="), line("5000", "<=")),
        (grades("C", "D"), grades("D")),
        (None, line("6000")),
    ],
)
def test_what_meets_the_tighter_line_meets_the_wider_one(wider: Condition | None, tighter: Condition) -> None:
    assert narrowed([(wider, tighter)])
    assert widened([(tighter, wider)])
    assert not narrowed([(tighter, wider)])
    assert not widened([(wider, tighter)])


@pytest.mark.parametrize(
    "pair",
    [
        (line("6000"), line("6000", ">")),
        (line("6000"), grades("D")),
        (grades("C"), grades("D")),
        (line("6000"), NEVER),
        (None, NEVER),
    ],
)
def test_lines_that_differ_in_more_are_neither(pair: tuple[Condition | None, Condition]) -> None:
    assert not narrowed([pair])
    assert not widened([pair])


def test_one_line_up_and_another_down_is_neither() -> None:
    moved = [(line("5000"), line("6000")), (grades("D"), grades("C", "D"))]
    assert not narrowed(moved)
    assert not widened(moved)


def test_books_part_from_the_first_day_on_which_they_differ_less_what_rules_wait() -> None:
    parted = parting(COUNTY, BEFORE, AFTER)
    assert parted is not None
    assert parted.occurred_from == date(2021, 12, 1)  # a month out of work from there on is met in the new pack's days
    assert {"medical-expense", "unemployment"} <= set(parted.feeds)


def test_equal_books_do_not_part_nor_does_a_neighbours() -> None:
    assert parting(COUNTY, BEFORE, PackBook(BASE)) is None
    assert parting("410922", BEFORE, AFTER) is None


def test_of_days_with_a_pack_in_one_book_alone_every_fact_is_judged_again() -> None:
    parted = parting(COUNTY, PackBook([]), BEFORE)
    assert parted is not None
    assert parted.feeds == tuple(sorted(slug for slug, feed in FEEDS.items() if feed.matched))


def test_another_pack_that_asks_the_same_shows_something_else_and_judges_nothing_otherwise() -> None:
    assert parting(COUNTY, BEFORE, AFTER) is not None  # evidence goes by the pack's id
    assert first_days(COUNTY, BEFORE, AFTER, what_judges) == {}
    moved = book_of(BASE, [pack_of_text(pack_text(7000, NAME, "2022-01-01"), NAME)])
    assert first_days(COUNTY, BEFORE, moved, what_judges).keys() == {"medical-expense"}
