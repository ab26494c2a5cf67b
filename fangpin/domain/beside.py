"""What stands beside the register, of plain records: other numbers of households, and people's decisions.

`fangpin evaluate` reads them as the hub does; its input does not say who sent a record, so an alias of one department
holds for the feeds that this department sends, and a decision is found by feed and record id.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable
from datetime import date

from fangpin.domain.feeds import FEEDS
from fangpin.domain.records import Record


class Beside:
    """Aliases and decisions that hold, of all counties."""

    def __init__(self, records: Iterable[Record], registered: Collection[tuple[str, str]]) -> None:
        self._registered = registered
        self._aliases: dict[tuple[str, str], list[Record]] = defaultdict(list)
        self._decisions: dict[tuple[str, str, str], Record] = {}
        for one in records:
            role = FEEDS[one.feed].role
            if role == "alias":
                self._aliases[one.county_code, str(one.fields["other_no"])].append(one)
            elif role == "decision":
                key = one.county_code, str(one.fields["of_feed"]), str(one.fields["of_record_id"])
                held = self._decisions.get(key)
                if held is None or (held.occurred_on, held.record_id) < (one.occurred_on, one.record_id):
                    self._decisions[key] = one

    def aliased(self, record: Record) -> set[str]:
        """The registered households for which the record's number stands as an alias."""
        county, number = record.county_code, record.subject.household_no
        if number is None:
            return set()
        found = {
            str(one.subject.household_no)
            for one in self._aliases.get((county, number), ())
            if _holds(one, FEEDS[record.feed].departments, record.occurred_on)
        }
        return {household for household in found if (county, household) in self._registered}

    def decided(self, record: Record) -> str | None:
        """The registered household to which a person decided that the record belongs."""
        one = self._decisions.get((record.county_code, record.feed, record.record_id))
        if one is None or (one.county_code, one.subject.household_no) not in self._registered:
            return None
        return one.subject.household_no


def _holds(alias: Record, senders: Collection[str], on: date) -> bool:
    used_by, until = alias.fields["used_by"], alias.fields["until"]
    if used_by is not None and used_by not in senders:
        return False
    return alias.occurred_on <= on and (not isinstance(until, date) or on <= until)
