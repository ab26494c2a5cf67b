"""What families earn, spend and are given. Incomes are worked back from the income a head, so that lines are met."""

from datetime import date
from decimal import Decimal

from fangpin.domain.calendar import months_after
from services.simulator.chance import Chance, Record

# Where the counties' documents draw a line for the income a head (the packs in policies).
LINES = {
    "440229": ("10000.00", "10420.00", "10600.00", "10800.00"),
    "440825": ("9576.00", "9600.00"),
    "530925": ("6000.00",),
    "410922": ("6000.00",),
}
FROM_DECEMBER = frozenset({"440825"})  # from last December (徐闻 2021 四（四）); the others the last twelve months


def income(chance: Chance, family: Record, who: Record, day: date) -> Record:
    """income"""
    members = len(family["members"])
    a_head = chance.amount(13000, 0.5, LINES.get(chance.county_code, ()))
    month = day.replace(day=1)
    first, last = months_after(month, -12), months_after(month, -1)
    rest = None
    if chance.county_code in FROM_DECEMBER:
        first, last = date(day.year - 1, 12, 1), min(month, date(day.year, 11, 1))
        rest = a_head * members * (11 - last.month) / 12
    elif chance.yes(0.05):
        first = months_after(first, 3)
    given = {
        "pension": chance.amount(1500),
        "subsistence": chance.amount(2000) if family["on_subsistence_allowance"] else Decimal("0.00"),
    }
    expected = Decimal("0.00") if rest is None else rest.quantize(Decimal("0.01"))
    cost = chance.amount(3000)
    earned = a_head * members + cost - expected - sum(given.values())
    if earned < 0:
        given, cost, earned = {}, cost - min(earned, Decimal(0)), a_head * members + cost - expected
    unstable = {"livelihood_unstable": chance.yes(0.5)} if chance.yes(0.8) else {}
    return {
        "period_from": f"{first:%Y-%m}",
        "period_to": f"{last:%Y-%m}",
        "members": members,
        "wage": str(earned),
        **{name: str(value) for name, value in given.items()},
        "business_cost": str(cost),
        **({} if rest is None else {"expected_rest": str(expected)}),
        **unstable,
        "surveyed_on": day.isoformat(),
    }


def spending(chance: Chance, family: Record, who: Record, day: date) -> Record:
    """spending"""
    parts = {name: chance.amount(3000) for name in ("medical", "education", "housing", "other_rigid")}
    total = sum(parts.values(), Decimal(0))
    return {
        "year": day.year,
        **{name: str(value) for name, value in parts.items()},
        "last_year_income": str(chance.amount(40000, 0.5, (str(total),))),
        "surveyed_on": day.isoformat(),
    }


def assistance(chance: Chance, family: Record, who: Record, day: date) -> Record:
    """assistance"""
    until = {"until": months_after(day, chance.between(1, 12)).isoformat()} if chance.yes(0.5) else {}
    return {
        "kind": chance.one(("subsistence", "destitute", "temporary"), (5, 1, 3)),
        "from": day.isoformat(),
        **until,
        "amount": str(chance.amount(800)),
    }
