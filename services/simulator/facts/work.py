"""Employment, and the trades that families live on."""

from datetime import date

from services.simulator.chance import Chance, Record


def unemployment(chance: Chance, family: Record, who: Record, day: date) -> Record:
    """unemployment"""
    return {
        "situation": chance.one(("not-resumed", "returned-unemployed", "unstable"), (6, 2, 1)),
        "migrant": chance.yes(0.8),
        "last_worked_on": chance.before(day, 5, 60).isoformat(),
    }


def need(chance: Chance, family: Record, who: Record, day: date) -> Record:
    """employment-need"""
    return {
        "occurred_on": day.isoformat(),
        "month": f"{day:%Y-%m}",
        "wants": chance.one(("job", "training", "both")),
        "guided": chance.between(0, 2),
        "trained": chance.between(0, 2),
        "offers": chance.between(0, 4),  # three are owed to each who asks (翁源 2023 四8)
    }


def industry(chance: Chance, family: Record, who: Record, day: date) -> Record:
    """industry-loss"""
    return {
        "project": chance.one(("茶叶种植", "肉牛养殖", "菠萝种植", "辣椒种植")),
        "cause": chance.one(("pest", "drought", "debris-flow", "market", "technical", "other")),
        "outcome": chance.one(("affected", "total-loss", "project-failed"), (6, 2, 1)),
        "loss_amount": str(chance.amount(5000)),
        "found_on": day.isoformat(),
    }
