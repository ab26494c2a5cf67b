"""One fact under several packs: which of their rules it would meet at its date, and if none, why not."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Literal

from fangpin.domain.assistance import Aid
from fangpin.domain.policy.book import PackBook
from fangpin.domain.policy.evaluate import Fact, Met
from fangpin.domain.policy.pack import Pack, Rule
from fangpin.domain.policy.spans import NO_POLICY, PERIOD_OTHER, may_hold
from fangpin.domain.register import Register

Why = Literal["met", "not-in-force", "no-rule", "no-value", "period", "not-met"]


@dataclass(frozen=True, slots=True)
class Under:
    """What one pack says of the fact. `rules` are those that it has for such facts on the day; `said` its own words of a gap."""

    pack: Pack
    why: Why
    met: tuple[tuple[Rule, Met], ...] = ()
    rules: tuple[Rule, ...] = ()
    said: str | None = None


def under_each(packs: Iterable[Pack], fact: Fact, register: Register, aid: Sequence[Aid] = ()) -> Iterator[Under]:
    """Each pack alone, as if the fact had happened in its county; on the same day, in the same household with its assistance."""
    for pack in packs:
        yield _under(pack, fact, register, aid)


def _under(pack: Pack, fact: Fact, register: Register, aid: Sequence[Aid]) -> Under:
    book = PackBook([pack], for_any_county=True)
    found = book.evaluate_fact(pack.county_code, fact, register, aid)
    met = tuple((book.rule(pack.id, one.rule_id), one) for one in found)
    own = tuple(rule for rule in pack.rules if rule.feed == fact.feed)
    rules = tuple(rule for rule in own if may_hold(pack, rule, fact.occurred_on))
    if met:
        return Under(pack, "met", met, rules)
    if book.silent(pack.county_code, fact.feed, fact.occurred_on, fact.fields):
        return Under(pack, "not-in-force")
    if not own:
        return Under(pack, "no-rule")
    notes = book.notes(pack.county_code, fact.feed, fact.occurred_on, fact.fields)
    if NO_POLICY in notes:
        return Under(pack, "no-value", said=notes[NO_POLICY])
    return Under(pack, "period" if PERIOD_OTHER in notes else "not-met", rules=rules)
