"""Houses and drinking water."""

from datetime import date

from services.simulator.chance import Chance, Record


def graded(chance: Chance, family: Record, who: Record, day: date) -> Record:
    """dangerous-house"""
    return {
        "house_no": _house(family),
        "grade": chance.one("ABCD", (30, 50, 15, 5)),
        "cause": chance.one(("年久失修", "暴雨", "墙体开裂")),
        "graded_on": day.isoformat(),
    }


def defect(chance: Chance, family: Record, who: Record, day: date) -> Record:
    """house-defect"""
    return {
        "house_no": _house(family),
        "defect": chance.one(("leaking", "draughty", "unsafe", "other"), (6, 2, 2, 1)),
        "found_on": day.isoformat(),
        "renovation": chance.yes(0.3),
    }


def water(chance: Chance, family: Record, who: Record, day: date) -> Record:
    """drinking-water"""
    names = ("quality", "quantity", "convenience", "reliability")
    return {**{name: chance.yes(0.8) for name in names}, "found_on": day.isoformat()}


def _house(family: Record) -> str:
    return f"F-{family['household_no']}"
