"""What differs between two packs, each part by its own name."""

import msgspec

from fangpin.domain.policy.difference import differences
from fangpin.policies import load_book

PACK = load_book().packs["qingfeng-2021"]


def test_equal_packs_do_not_differ() -> None:
    assert list(differences(PACK, PACK)) == []


def test_a_changed_value_is_named_by_its_rule() -> None:
    rule = PACK.rules[0]
    assert rule.when is not None
    changed = msgspec.structs.replace(rule, when=msgspec.structs.replace(rule.when, value="5600.00"))
    (found,) = differences(PACK, msgspec.structs.replace(PACK, rules=(changed, *PACK.rules[1:])))
    assert (found.path, found.change) == ("rules.medical-out-of-poverty.when.value", "changed")
    assert (found.before, found.after) == ("5500.00", "5600.00")


def test_a_rule_that_comes_or_goes() -> None:
    fewer = msgspec.structs.replace(PACK, rules=PACK.rules[1:])
    assert [(one.path, one.change) for one in differences(PACK, fewer)] == [("rules.medical-out-of-poverty", "removed")]
    assert [one.change for one in differences(fewer, PACK)] == ["added"]
