"""Disasters, accidents, crimes."""

from datetime import date

from services.simulator.chance import Chance, Record

INJURIES = ("injured", "seriously-injured", "disabled", "dead")


def disaster(chance: Chance, family: Record, who: Record, day: date) -> Record:
    """disaster-loss"""
    damage = chance.one(
        (["crop"], ["house-damaged"], ["crop", "livestock"], ["house-collapsed"], ["casualty"], ["missing"]),
        (60, 30, 20, 10, 2, 1),
    )
    return {
        "hazard": chance.one(("flood", "hail", "wind", "landslide", "fire", "earthquake", "frost")),
        "damage": damage,
        "loss_amount": str(chance.amount(4000)),
        "deaths": int("casualty" in damage and chance.yes(0.3)),
        "missing": int("missing" in damage),
        "severe": chance.yes(0.1),
        "struck_on": day.isoformat(),
    }


def forest(chance: Chance, family: Record, who: Record, day: date) -> Record:
    """forest-damage"""
    return {
        "hazard": chance.one(("pest", "forest-fire"), (3, 1)),
        "area_mu": str(chance.amount(6)),
        "loss_amount": str(chance.amount(3000)),
        "found_on": day.isoformat(),
    }


def traffic(chance: Chance, family: Record, who: Record, day: date) -> Record:
    """traffic-accident"""
    known = {"key_labour": chance.yes(0.4)} if chance.yes(0.7) else {}
    return {"outcome": chance.one(INJURIES, (6, 3, 1, 1)), "happened_on": day.isoformat(), **known}


def crime(chance: Chance, family: Record, who: Record, day: date) -> Record:
    """crime-victim"""
    return {
        "outcome": chance.one(INJURIES, (8, 2, 1, 1)),
        "happened_on": day.isoformat(),
        "key_labour": chance.yes(0.4),
    }
