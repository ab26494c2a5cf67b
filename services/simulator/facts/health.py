"""Hospital bills, serious diseases, certificates of disability, areas of an epidemic."""

from datetime import date

from services.simulator.chance import Chance, Record

LINES = ("5500.00", "6000.00", "11000.00")  # 清丰 > 5500 and > 11000, 双江 ≥ 6000, per stay
HOSPITALS = ("县人民医院", "县中医医院", "县妇幼保健院", "市第一人民医院")


def bill(chance: Chance, family: Record, who: Record, day: date) -> Record:
    """medical-expense"""
    paid = chance.amount(2000, lines=LINES)
    return {
        "admitted_on": chance.before(day, 2, 20).isoformat(),
        "settled_on": day.isoformat(),
        "hospital": chance.one(HOSPITALS),
        "total_cost": f"{float(paid) * chance.random.uniform(1.8, 5):.2f}",
        "in_policy_self_paid": f"{float(paid) * 0.7:.2f}",
        "self_paid": str(paid),
    }


def disease(chance: Chance, family: Record, who: Record, day: date) -> Record:
    """serious-disease"""
    listed = chance.yes(0.6)
    known = ("肺癌", "乳腺癌", "终末期肾病", "急性心肌梗塞") if listed else ("糖尿病并发症", "慢性阻塞性肺病")
    return {"disease": chance.one(known), "listed": listed, "diagnosed_on": day.isoformat()}


def certificate(chance: Chance, family: Record, who: Record, day: date) -> Record:
    """disability"""
    kind, grade = chance.between(1, 7), chance.one((1, 2, 3, 4), (1, 2, 4, 5))
    several = {"kinds": sorted(chance.random.sample(range(1, 7), 2))} if kind == 7 and chance.yes(0.8) else {}
    return {
        "certificate_no": f"{who['id_number']}{kind}{grade}",
        "kind": kind,
        **several,
        "grade": grade,
        "certified_on": day.isoformat(),
        "new": chance.yes(0.9),
    }


def epidemic(chance: Chance, family: Record, who: Record, day: date) -> Record:
    """epidemic-area"""
    code = family["village_code"]
    return {
        "village_code": code[:9] if chance.yes(0.3) else code,
        "name": chance.one(("临时管控区", "集中隔离")),
        "from": day.isoformat(),
    }
