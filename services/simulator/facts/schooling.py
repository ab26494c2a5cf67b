"""Children who left school, and students whose schooling costs."""

from datetime import date

from services.simulator.chance import Chance, Record


def dropout(chance: Chance, family: Record, who: Record, day: date) -> Record:
    """school-dropout"""
    stage = "primary" if day.year - int(who["id_number"][6:10]) < 12 else "junior"
    return {
        "stage": stage,
        "school": "中心小学" if stage == "primary" else "第一初级中学",
        "left_on": chance.before(day, 1, 20).isoformat(),
    }


def cost(chance: Chance, family: Record, who: Record, day: date) -> Record:
    """education-cost"""
    first = day.year if day.month >= 9 else day.year - 1
    paid = chance.amount(9000)
    return {
        "stage": chance.one(("senior", "vocational", "college", "university"), (4, 3, 2, 2)),
        "school": chance.one(("县第一中学", "职业技术学校", "某省理工学院", "某省师范大学")),
        "school_kind": chance.one(("public", "private", "coastal-public"), (7, 2, 1)),
        "self_paid": str(paid),
        "burden_high": paid > 15000,
        "school_year": f"{first}-{first + 1}",
        "reported_on": day.isoformat(),
    }
