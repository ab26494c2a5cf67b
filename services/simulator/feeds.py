"""Which feeds the simulator plays: how often, by which maker, about whom, sent by which department."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Literal

from fangpin.domain.feeds import FEEDS
from services.simulator.chance import Chance, Record
from services.simulator.facts import clues, harm, health, homes, livelihood, schooling, work

Make = Callable[[Chance, Record, Record, date], Record]


@dataclass(frozen=True, slots=True)
class Played:
    """One feed as it is played. `share`: of a thousand records. `prefix`: of the department's record ids.

    `screened`: how many times that where the county's document has no event rules, so that lists and surveys warn.

    `about`: whom its subject names; `ages` of that person. `sender`: the department, where it follows from the record.
    """

    share: int
    make: Make
    prefix: str
    about: Literal["person", "household", "nobody"] = "person"
    ages: tuple[int, int] = (0, 120)
    sender: Callable[[Record], str] | None = None
    screened: int = 1

    def share_in(self, county_code: str) -> int:
        """Its share in that county."""
        return self.share * (self.screened if county_code in SCREENED else 1)


SCREENED = frozenset({"440229", "440825"})  # 翁源, 徐闻

PLAYED: Mapping[str, Played] = {
    "medical-expense": Played(500, health.bill, "YB"),
    "serious-disease": Played(10, health.disease, "WJ"),
    "epidemic-area": Played(3, health.epidemic, "YQ", "nobody"),
    "dangerous-house": Played(70, homes.graded, "ZJ", "household"),
    "house-defect": Played(20, homes.defect, "YH", "household"),
    "unemployment": Played(90, work.unemployment, "RS", ages=(16, 64)),
    "employment-need": Played(20, work.need, "JY", ages=(16, 64)),
    "disability": Played(60, health.certificate, "CL"),
    "disaster-loss": Played(55, harm.disaster, "YJ", "household"),
    "industry-loss": Played(15, work.industry, "NY", "household"),
    "forest-damage": Played(10, harm.forest, "LC", "household"),
    "drinking-water": Played(15, homes.water, "SW", "household"),
    "school-dropout": Played(5, schooling.dropout, "XJ", ages=(6, 16)),
    "education-cost": Played(15, schooling.cost, "JX", ages=(15, 24)),
    "traffic-accident": Played(8, harm.traffic, "JT"),
    "crime-victim": Played(3, harm.crime, "XZ"),
    "assistance": Played(25, livelihood.assistance, "MZ"),
    "income": Played(35, livelihood.income, "SR", "household", screened=4),
    "spending": Played(10, livelihood.spending, "ZC", "household"),
    "suspected-household": Played(10, clues.suspected, "YS", "household", sender=clues.by_risk, screened=6),
    "self-report": Played(8, clues.self_report, "SB", sender=clues.by_channel),
    "exclusion-answer": Played(8, clues.answer, "PC", "household", sender=clues.by_situation),
    "area-event": Played(2, clues.area_event, "QY", "nobody", sender=clues.by_kind),
    "nil-return": Played(3, clues.nothing, "LB", "nobody", sender=clues.by_feed),
}


def sender(record: Record) -> str:
    """The department from which a simulated record comes."""
    found = PLAYED[record["feed"]].sender
    return found(record) if found is not None else FEEDS[record["feed"]].departments[0]
