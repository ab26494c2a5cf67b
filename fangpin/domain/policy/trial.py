"""A draft pack tried on what happened: which households × risks it would add or take away, and the work it would make.

Pure. What is compared is evidence, not episodes: what people found on their visits belongs to the live warnings alone.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date
from typing import Literal, NamedTuple

import msgspec

from fangpin.domain.policy.evaluate import Finding
from fangpin.domain.policy.pack import Pack
from fangpin.domain.policy.succession import followed


class Change(msgspec.Struct, frozen=True):
    """One household × risk that only one side has. `since` and `rules` are those of the side that has it."""

    village_code: str
    household_no: str
    risk: str
    change: Literal["appears", "disappears"]
    since: date
    pack: str
    rules: tuple[str, ...]
    records: int


class Load(msgspec.Struct):
    """Households × risks that first meet a rule in one village and month, under the packs in force and the draft."""

    village_code: str
    month: str
    in_force: int = 0
    draft: int = 0


class Shown(NamedTuple):
    """One risk of a household as one side shows it: since when, by which pack and rules, on how many records."""

    risk: str
    since: date
    pack: str
    rules: tuple[str, ...]
    records: int


def shown(finding: Finding) -> Shown:
    """What an evaluation found."""
    rules = tuple(sorted({met.rule_id for _, met in finding.rules}))
    return Shown(finding.risk, finding.since, finding.pack, rules, len(finding.evidence))


@dataclass(slots=True)
class Comparison:
    """What was found so far; `redated` are those that both sides have, with another first day."""

    changes: list[Change] = field(default_factory=list)
    kept: int = 0
    redated: int = 0
    _loads: dict[tuple[str, str], Load] = field(default_factory=dict)

    def add(self, village_code: str, household_no: str, in_force: Iterable[Shown], draft: Iterable[Shown]) -> None:
        """Compare what both sides show of one household, each risk once; every household once."""
        before = {one.risk: one for one in in_force}
        after = {one.risk: one for one in draft}
        for risk in sorted(before.keys() | after.keys()):
            old, new = before.get(risk), after.get(risk)
            if old is not None:
                self._load(village_code, old.since).in_force += 1
            if new is not None:
                self._load(village_code, new.since).draft += 1
            if old is not None and new is not None:
                self.kept += 1
                self.redated += old.since != new.since
            elif new is not None:
                self.changes.append(_change(village_code, household_no, "appears", new))
            elif old is not None:
                self.changes.append(_change(village_code, household_no, "disappears", old))

    def keep(self, village_code: str, since: date, count: int = 1) -> None:
        """So many households × risks of a village that both sides have since the same day."""
        self.kept += count
        load = self._load(village_code, since)
        load.in_force += count
        load.draft += count

    def _load(self, village_code: str, since: date) -> Load:
        key = (village_code, since.isoformat()[:7])
        found = self._loads.get(key)
        if found is None:
            found = self._loads[key] = Load(*key)
        return found

    def count(self, change: Literal["appears", "disappears"]) -> int:
        """How many households × risks would appear or disappear."""
        return sum(one.change == change for one in self.changes)

    def in_order(self) -> list[Change]:
        """The changes by village, household and risk."""
        return sorted(self.changes, key=lambda one: (one.village_code, one.household_no, one.risk))

    def workload(self) -> list[Load]:
        """Every village and month with work on either side, in order."""
        return [self._loads[key] for key in sorted(self._loads)]


def _change(village_code: str, household_no: str, change: Literal["appears", "disappears"], side: Shown) -> Change:
    return Change(
        village_code=village_code,
        household_no=household_no,
        risk=side.risk,
        change=change,
        since=side.since,
        pack=side.pack,
        rules=side.rules,
        records=side.records,
    )


def with_draft(packs: Iterable[Pack], draft: Pack) -> list[Pack]:
    """The packs of the draft's county as they would be with it: instead of the pack of its id, else on its own days.

    Raises `PackError` when a pack in force would have to go on after the draft.
    """
    own = [pack for pack in packs if pack.county_code == draft.county_code]
    if any(pack.id == draft.id for pack in own):
        return [draft if pack.id == draft.id else pack for pack in own]
    return followed(own, draft)
