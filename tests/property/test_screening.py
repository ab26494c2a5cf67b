"""An expression holds of exactly the rows of which the compiled condition holds."""

from datetime import date
from decimal import Decimal
from typing import Any

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from fangpin.domain.feeds import FEEDS, Feed, Field
from fangpin.domain.policy.apart import NEVER
from fangpin.domain.policy.conditions import compile_condition
from fangpin.domain.policy.pack import Condition
from fangpin.policies import load_book
from services.sandbox.facts import columns
from services.sandbox.screening import differing, holding

CONDITIONS = sorted({(rule.feed, rule.when) for pack in load_book().packs.values() for rule in pack.rules}, key=repr)


def value(field: Field) -> st.SearchStrategy[Any]:
    amounts = st.decimals(0, 20_000, places=2) | st.sampled_from(
        [Decimal(one) for one in ("6000.00", "5500.00", "0.00")]
    )
    match field.kind:
        case "money" | "quantity":
            return amounts
        case "date" | "until":
            return st.dates(date(2020, 1, 1), date(2023, 12, 31))
        case "bool":
            return st.booleans()
        case "int" | "year":
            return st.integers(-1, 6)
        case "enum":
            return st.sampled_from(field.symbols)
        case "enum_list":
            return st.lists(st.sampled_from(field.symbols), unique=True).map(lambda one: tuple(sorted(one)))
        case "int_list":
            return st.lists(st.integers(1, 7), unique=True).map(lambda one: tuple(sorted(one)))
        case _:
            return st.just("2021-07")


def rows(feed: Feed) -> st.SearchStrategy[list[dict[str, Any]]]:
    own = {field.name: st.none() | value(field) for field in feed.fields if field.name in columns(feed)}
    return st.lists(st.fixed_dictionaries(own), min_size=1, max_size=8)


def frame(feed: Feed, found: list[dict[str, Any]]) -> pl.DataFrame:
    return pl.DataFrame(found, schema={name: kind for name, kind in columns(feed).items() if name in found[0]})


@pytest.mark.parametrize(("slug", "condition"), CONDITIONS, ids=lambda one: one if isinstance(one, str) else "")
@settings(max_examples=25)
@given(data=st.data())
def test_it_holds_where_the_condition_holds(slug: str, condition: Condition | None, data: st.DataObject) -> None:
    feed = FEEDS[slug]
    found = data.draw(rows(feed))
    expression = holding(feed, condition)
    if expression is None:
        assert "derived" in repr(condition)
        return
    told = frame(feed, found).with_columns(told=expression)["told"].to_list()
    test = compile_condition(feed, condition)
    assert told == [test(one) is not None for one in found]


@pytest.mark.parametrize("slug", sorted({slug for slug, _ in CONDITIONS}))
@settings(max_examples=25)
@given(data=st.data())
def test_no_row_is_passed_over_of_which_two_conditions_say_different_things(slug: str, data: st.DataObject) -> None:
    feed = FEEDS[slug]
    own = st.sampled_from([NEVER, *(when for feed_of, when in CONDITIONS if feed_of == slug)])
    asked = data.draw(st.lists(st.tuples(own, own), max_size=3))
    found = data.draw(rows(feed))
    may_differ, differs = differing(feed, asked)
    kept = frame(feed, found).with_row_index("row").filter(may_differ)["row"].to_list()
    tests = [tuple(compile_condition(feed, one) for one in pair) for pair in asked]
    wanted = [
        number
        for number, one in enumerate(found)
        if any((was(one) is None) != (now(one) is None) for was, now in tests)
    ]
    assert [number for number in kept if differs is None or differs(found[number])] == wanted
