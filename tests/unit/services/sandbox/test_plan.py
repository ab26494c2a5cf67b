"""What a trial has to open, told from two books before anything is opened."""

from datetime import date
from uuid import UUID

import msgspec

from fangpin.domain.policy import Pack, PackBook
from fangpin.policies import load_book
from services.sandbox.plan import Plan, plan_of, settled

COUNTY = "530925"
HOUSEHOLD, OTHER = UUID(int=1), UUID(int=2)


def own() -> Pack:
    (pack,) = load_book().of(COUNTY)
    return pack


def with_line(value: str) -> Pack:
    rules = []
    for rule in own().rules:
        if rule.feed == "medical-expense":
            assert rule.when is not None
            rule = msgspec.structs.replace(rule, when=msgspec.structs.replace(rule.when, value=value))
        rules.append(rule)
    return msgspec.structs.replace(own(), rules=tuple(rules))


def plan(draft: Pack) -> Plan:
    return plan_of(COUNTY, PackBook([own()]), PackBook([draft]))


def test_a_line_goes_one_way_or_the_other() -> None:
    assert plan(with_line("7000.00")).narrowed == {"medical-expense"}
    assert plan(with_line("5000.00")).widened == {"medical-expense": frozenset({"illness"})}
    assert plan(own()).days == {}


def test_a_feed_without_a_rule_is_gone_and_needs_nothing_opened() -> None:
    rules = tuple(rule for rule in own().rules if rule.feed != "medical-expense")
    found = plan(msgspec.structs.replace(own(), rules=rules))
    assert found.gone == {"medical-expense"}
    assert not found.narrowed
    assert not found.widened


def test_a_feed_whose_records_name_their_risk_is_never_settled() -> None:
    rules = tuple(
        msgspec.structs.replace(rule, risk="named") if rule.feed == "medical-expense" else rule
        for rule in with_line("5000.00").rules
    )
    assert not plan(msgspec.structs.replace(own(), rules=rules)).widened


def test_a_household_is_settled_once_it_has_every_risk_of_the_feed() -> None:
    wide = Plan({}, {}, frozenset(), frozenset(), {"unemployment": frozenset({"unemployment", "other"})})
    first, second = date(2021, 10, 1), date(2021, 11, 1)
    sure = {(HOUSEHOLD, "unemployment"): first, (HOUSEHOLD, "other"): second, (OTHER, "other"): first}
    assert list(settled(wide, sure)) == [("unemployment", HOUSEHOLD, second)]
