"""Where warnings of one risk come close together: in a village, in a township, or in a week of the whole county.

The documents ask the county to see regional risks in time (双江 二（四）) and give no number, so the line is ours
(docs/decisions/0033-area-warnings.md): more households in a week than chance explains, given the county's own baseline. It
is a reason to look, decides nothing, and shows its arithmetic.

A week counts by `since`, the day on which a warning became true, and stays in view for five weeks, because departments
report by the month.
"""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from math import exp

WEEK = timedelta(days=7)
WEEKS_IN_VIEW = 5
BASELINE_WEEKS = 12
LEAST = {12: 3, 9: 5, 6: 10}  # households, by the width of the area's code: village, township, county
CHANCE = 0.001
WEEKS_KNOWN = 4  # before a county's own week can be unusual


@dataclass(frozen=True, slots=True)
class Sighting:
    """Households of one village whose warning of one risk became true on one day."""

    village_code: str
    risk: str
    since: date
    households: int


@dataclass(frozen=True, slots=True)
class Cluster:
    """More households than chance explains: those of the week that began on `week_from`, and how many were to be expected."""

    area_code: str
    risk: str
    week_from: date
    households: int
    expected: float

    @property
    def week_until(self) -> date:
        """Its last day."""
        return self.week_from + WEEK - timedelta(days=1)


def clusters(sightings: Iterable[Sighting], registered: Mapping[str, int], on: date) -> list[Cluster]:
    """The clusters in view on a day, the most unlikely week of each area and risk, by area and risk.

    `registered`: households by village.
    """
    seen = list(sightings)
    weeks = [_Week(seen, registered, on - WEEK * (back + 1) + timedelta(days=1)) for back in range(WEEKS_IN_VIEW)]
    found: dict[tuple[str, str], tuple[float, Cluster]] = {}
    for chance, one in (pair for week in weeks for pair in week.clusters()):
        key = (one.area_code, one.risk)
        if key not in found or chance < found[key][0]:
            found[key] = (chance, one)
    return [found[key][1] for key in sorted(found)]


def earliest(on: date) -> date:
    """Before this day nothing has a part in what is in view on `on`."""
    return on - WEEK * (WEEKS_IN_VIEW + BASELINE_WEEKS) + timedelta(days=1)


def chance_of(least: int, expected: float) -> float:
    """The probability that at least so many happen where so many are expected (Poisson)."""
    term, below = exp(-expected), 0.0
    for number in range(least):
        below += term
        term *= expected / (number + 1)
    return max(0.0, 1.0 - below)


class _Week:
    """One week of a county beside the twelve before it."""

    def __init__(self, seen: list[Sighting], registered: Mapping[str, int], start: date) -> None:
        self._start = start
        self._registered = registered
        self._all = sum(registered.values())
        self._week: Counter[tuple[str, str]] = Counter()
        self._before: Counter[str] = Counter()
        self._known_from: dict[str, date] = {}
        for one in seen:
            if start <= one.since < start + WEEK:
                self._week[one.village_code, one.risk] += one.households
            elif start - WEEK * BASELINE_WEEKS <= one.since < start:
                self._before[one.risk] += one.households
                self._known_from[one.risk] = min(one.since, self._known_from.get(one.risk, one.since))

    def clusters(self) -> Iterator[tuple[float, Cluster]]:
        """Each with how likely it is by chance."""
        whole: Counter[str] = Counter()
        for (_, risk), count in self._week.items():
            whole[risk] += count
        for width in LEAST:
            areas: Counter[tuple[str, str]] = Counter()
            for (village, risk), count in self._week.items():
                areas[village[:width], risk] += count
            for (area, risk), count in areas.items():
                expected = self._expected(area, risk, whole[risk] - count)
                if count < LEAST[width] or expected is None:
                    continue
                chance = chance_of(count, expected)
                if chance < CHANCE:
                    yield chance, Cluster(area, risk, self._start, count, round(expected, 2))

    def _expected(self, area: str, risk: str, elsewhere: int) -> float | None:
        """Households to be expected in the area in this week.

        Of a village or township: at the county's rate, of the weeks before or of this week elsewhere, whichever is
        higher, so that a week that is bad everywhere does not ring in every village. Of the county: as in the weeks before.
        """
        usual = self._before[risk] / BASELINE_WEEKS
        if len(area) == 6:
            known = self._known_from.get(risk)
            return usual if known is not None and known <= self._start - WEEK * WEEKS_KNOWN else None
        own = sum(count for village, count in self._registered.items() if village.startswith(area))
        others = self._all - own
        return max(usual / max(self._all, 1), elsewhere / max(others, 1)) * own
