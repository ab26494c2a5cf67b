"""All packs together: which one is in force where and when, and its rules compiled by feed."""

from collections.abc import Iterable
from datetime import date

from fangpin.domain.calendar import months_after
from fangpin.domain.policy.evaluate import Fact, FactTest, Met, compile_rule
from fangpin.domain.policy.pack import Pack, PackError, Rule
from fangpin.domain.register import Register


class PackBook:
    """The packs of all counties. `for_any_county`: one pack on anybody's records (`fangpin evaluate --pack`)."""

    def __init__(self, packs: Iterable[Pack], *, for_any_county: bool = False) -> None:
        self.packs: dict[str, Pack] = {}
        self._by_county: dict[str, list[Pack]] = {}
        self._tests: dict[tuple[str, str], list[FactTest]] = {}
        self._delays: dict[tuple[str, str], set[int]] = {}
        self._for_any_county = for_any_county
        for pack in sorted(packs, key=lambda one: (one.county_code, one.valid_from)):
            self._add(pack)

    def _add(self, pack: Pack) -> None:
        if pack.id in self.packs:
            raise PackError(f"two packs are called {pack.id}")
        before = self._by_county.setdefault(pack.county_code, [])
        if before and (before[-1].valid_until is None or before[-1].valid_until >= pack.valid_from):
            raise PackError(f"{before[-1].id} and {pack.id} are both in force on {pack.valid_from}")
        before.append(pack)
        self.packs[pack.id] = pack
        for rule in pack.rules:
            key = (self._scope(pack.county_code), rule.feed)
            self._tests.setdefault(key, []).append(compile_rule(pack, rule))
            if rule.met is not None:
                self._delays.setdefault(key, set()).add(rule.met.months_after)

    def _scope(self, county_code: str) -> str:
        return "" if self._for_any_county else county_code

    def counties(self) -> list[str]:
        """The codes of the counties that have a pack."""
        return sorted(self._by_county)

    def in_force(self, county_code: str, on: date) -> Pack | None:
        """The county's pack on that day."""
        packs = list(self.packs.values()) if self._for_any_county else self._by_county.get(county_code, [])
        return next((pack for pack in packs if pack.covers(on)), None)

    def silent(self, county_code: str, feed: str, occurred_on: date) -> bool:
        """Whether no pack is in force for such a fact: neither on its own day, nor when a rule that waits would be met."""
        delays = self._delays.get((self._scope(county_code), feed), ())
        days = (occurred_on, *(months_after(occurred_on, delay) for delay in delays))
        return all(self.in_force(county_code, day) is None for day in days)

    def rule(self, pack_id: str, rule_id: str) -> Rule:
        """A rule by its names; KeyError when there is none."""
        for rule in self.packs[pack_id].rules:
            if rule.id == rule_id:
                return rule
        raise KeyError(rule_id)

    def evaluate_fact(self, county_code: str, fact: Fact, register: Register) -> tuple[Met, ...]:
        """Every rule that the fact meets, each with the day on which it did or will."""
        tests = self._tests.get((self._scope(county_code), fact.feed))
        if not tests:
            return ()
        return tuple(met for test in tests if (met := test(fact, register)) is not None)
