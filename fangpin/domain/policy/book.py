"""All packs together: which one is in force where and when, and its rules compiled by feed."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import date, timedelta

from fangpin.domain.assistance import Aid
from fangpin.domain.policy.evaluate import Fact, FactTest, Met, WaitTest, compile_gate, compile_rule, compile_wait
from fangpin.domain.policy.pack import Pack, PackError, Rule
from fangpin.domain.policy.spans import NO_POLICY, NoteTest, compile_notes
from fangpin.domain.register import Register

_NONE: frozenset[str] = frozenset()
MOST_REMEMBERED = 100_000  # answers of `in_force`: counties × days of a few years


class PackBook:
    """The packs of all counties. `for_any_county`: one pack on anybody's records (`fangpin evaluate --pack`).

    `former` packs judge nothing any more; the book tells their words, for what was judged by them.
    """

    def __init__(self, packs: Iterable[Pack], *, for_any_county: bool = False, former: Iterable[Pack] = ()) -> None:
        self.packs: dict[str, Pack] = {pack.id: pack for pack in former}
        self._by_county: dict[str, list[Pack]] = {}
        self._tests: dict[tuple[str, str], list[FactTest]] = {}
        self._gates: dict[tuple[str, str], list[Callable[[Fact], bool]]] = {}
        self._delays: dict[str, int] = {}
        self._waits: dict[tuple[str, str], list[WaitTest]] = {}
        self._asking: dict[str, frozenset[str]] = {}
        self._noted: dict[tuple[str, str], list[tuple[Pack, NoteTest]]] = {}
        self._in_force: dict[tuple[str, date], tuple[Pack | None]] = {}
        self._for_any_county = for_any_county
        for pack in sorted(packs, key=lambda one: (one.county_code, one.valid_from)):
            self._add(pack)

    def _add(self, pack: Pack) -> None:
        if pack.id in self.packs:
            raise PackError(f"有两个政策包都叫 {pack.id}")
        before = self._by_county.setdefault(pack.county_code, [])
        _join(before[-1] if before else None, pack)
        before.append(pack)
        self.packs[pack.id] = pack
        scope = self._scope(pack.county_code)
        for rule in pack.rules:
            key = (scope, rule.feed)
            self._tests.setdefault(key, []).append(compile_rule(pack, rule))
            self._gates.setdefault(key, []).append(compile_gate(rule))
            waits = compile_wait(pack, rule)
            if waits is not None and rule.met is not None:
                self._waits.setdefault(key, []).append(waits)
                self._delays[scope] = max(self._delays.get(scope, 0), rule.met.months_after)
            if any(kind.on_subsistence is not None for kind in rule.households or ()):
                self._asking[scope] = self._asking.get(scope, _NONE) | {rule.feed}
        for feed in {rule.feed for rule in pack.rules}:
            noted = compile_notes(pack, feed)
            if noted is not None:
                self._noted.setdefault((scope, feed), []).append((pack, noted))

    def _scope(self, county_code: str) -> str:
        return "" if self._for_any_county else county_code

    def counties(self) -> list[str]:
        """The codes of the counties that have a pack."""
        return sorted(self._by_county)

    def of(self, county_code: str) -> list[Pack]:
        """The packs that judge the county's facts, by day."""
        return list(self.packs.values()) if self._for_any_county else self._by_county.get(county_code, [])

    def judging(self) -> list[Pack]:
        """The packs that judge any county's facts, by county and day; `packs` has those that judge nothing any more too."""
        return [pack for own in self._by_county.values() for pack in own]

    def in_force(self, county_code: str, on: date) -> Pack | None:
        """The county's pack on that day."""
        key = (county_code, on)
        known = self._in_force.get(key)
        if known is None:
            if len(self._in_force) >= MOST_REMEMBERED:
                self._in_force.clear()
            found = next((pack for pack in self.of(county_code) if pack.covers(on)), None)
            known = self._in_force[key] = (found,)
        return known[0]

    def longest_delay(self, county_code: str) -> int:
        """The most months that any of the county's rules waits after a fact's own date."""
        return self._delays.get(self._scope(county_code), 0)

    def silent(self, county_code: str, feed: str, occurred_on: date, values: Mapping[str, object]) -> bool:
        """Whether no pack is in force for such a fact: neither on its own day, nor when a rule for which it waits is met."""
        if self.in_force(county_code, occurred_on) is not None:
            return False
        waiting = self._waits.get((self._scope(county_code), feed), ())
        return not any(waits(values, occurred_on) for waits in waiting)

    def notes(
        self, county_code: str, feed: str, occurred_on: date, values: Mapping[str, object]
    ) -> dict[str, str | None]:
        """What is to be said of a fact whatever its household, code → why: NO_POLICY, PERIOD_OTHER."""
        if self.silent(county_code, feed, occurred_on, values):
            return {NO_POLICY: None}
        for pack, noted in self._noted.get((self._scope(county_code), feed), ()):
            if pack.covers(occurred_on):
                return noted(values, occurred_on)
        return {}

    def asks_for_aid(self, county_code: str) -> frozenset[str]:
        """The feeds whose facts are judged by who receives assistance: to be judged again when an `assistance` record changes."""
        return self._asking.get(self._scope(county_code), _NONE)

    def rule(self, pack_id: str, rule_id: str) -> Rule:
        """A rule by its names; KeyError when there is none."""
        found = self.find_rule(pack_id, rule_id)
        if found is None:
            raise KeyError(rule_id)
        return found

    def find_rule(self, pack_id: str, rule_id: str) -> Rule | None:
        """A rule by its names. None when the pack is not among these or no longer has it: what stored evidence may name."""
        pack = self.packs.get(pack_id)
        return next((rule for rule in pack.rules if rule.id == rule_id), None) if pack is not None else None

    def concerns(self, county_code: str, fact: Fact) -> bool:
        """Whether the fact could meet a rule at all; if not, its household need not be looked at."""
        return any(gate(fact) for gate in self._gates.get((self._scope(county_code), fact.feed), ()))

    def evaluate_fact(
        self, county_code: str, fact: Fact, register: Register, aid: Sequence[Aid] = ()
    ) -> tuple[Met, ...]:
        """Every rule that the fact meets, each with the day on which it did or will.

        `aid` matters for the feeds of `asks_for_aid`: the household's own assistance, and that of everyone who was ever its
        member; who was one on the day is told from the register.
        """
        tests = self._tests.get((self._scope(county_code), fact.feed))
        if not tests:
            return ()
        return tuple(met for test in tests if (met := test(fact, register, aid)) is not None)


def _join(before: Pack | None, pack: Pack) -> None:
    """Two packs of a county follow each other without overlap, and a gap between them says why."""
    if before is None:
        if pack.gap_before is not None:
            raise PackError(f"{pack.id}：写了 gap_before，但前面没有政策包")
        return
    if before.valid_until is None or before.valid_until >= pack.valid_from:
        raise PackError(f"{pack.valid_from} 当日 {before.id} 和 {pack.id} 都在执行")
    gap = before.valid_until + timedelta(days=1) < pack.valid_from
    if gap and pack.gap_before is None:
        raise PackError(
            f"{before.id} 到 {before.valid_until} 为止，{pack.id} 从 {pack.valid_from} 起：请在 gap_before 写明空档的原因"
        )
    if not gap and pack.gap_before is not None:
        raise PackError(f"{pack.id}：写了 gap_before，但 {before.id} 到前一日为止，没有空档")
