"""Clues to verify, answers on the ten situations, events of an area, and that there was nothing to report."""

from datetime import date

from fangpin.domain.calendar import months_after
from fangpin.domain.feeds import FEEDS
from services.simulator.chance import Chance, Record

OWNERS = {
    "illness": "medical-insurance",
    "schooling": "education",
    "disaster": "emergency",
    "disability": "disabled-federation",
    "accident": "public-security",
    "epidemic": "health",
    "business-failure": "agriculture",
    "unemployment": "human-resources",
    "housing": "housing",
    "water": "water",
    "income": "civil-affairs",
    "other": "rural-revitalisation",
}
ASKED = (
    "human-resources", "rural-revitalisation", "public-security", "natural-resources", "market-regulation",
    "agriculture", "public-security", "public-security", "public-security", "development-reform",
)  # fmt: skip
WATCHED = {
    "price-fall": "development-reform",
    "layoffs": "human-resources",
    "project-failure": "agriculture",
    "weather": "emergency",
    "geological": "natural-resources",
    "forest-fire": "forestry",
    "biological": "agriculture",
    "epidemic": "health",
    "resettlement": "development-reform",
}


def suspected(chance: Chance, family: Record, who: Record, day: date) -> Record:
    """suspected-household"""
    heard = {"channel": chance.one(("media", "petition"))} if chance.yes(0.1) else {}
    return {
        "risk": chance.one(tuple(OWNERS)),
        "reason": chance.one(("支出骤增", "收入骤减", "比对筛查疑似")),
        "month": f"{day:%Y-%m}",
        "found_on": day.isoformat(),
        **heard,
    }


def self_report(chance: Chance, family: Record, who: Record, day: date) -> Record:
    """self-report"""
    signed = {"signed_on": day.isoformat(), "scope": "家庭财产与收入核查", "until": months_after(day, 12).isoformat()}
    return {
        "channel": chance.one(("app", "12317", "assistance-platform", "paper", "patrol"), (4, 1, 3, 2, 4)),
        "ticket_no": f"T{day:%y%m%d}{chance.between(0, 99999):05d}",
        "risk": chance.one(tuple(OWNERS)),
        "statement": chance.one(("家人住院花费大", "务工收入减少", "作物绝收")),
        "received_on": day.isoformat(),
        **({"consent": signed} if chance.yes(0.6) else {}),
    }


def answer(chance: Chance, family: Record, who: Record, day: date) -> Record:
    """exclusion-answer"""
    found = chance.one(("clear", "hit", "unknown"), (8, 1, 1))
    return {
        "situation": chance.between(1, 10),
        "answer": found,
        **({"detail": "登记信息待当面核实"} if found != "clear" else {}),
        "answered_on": day.isoformat(),
    }


def area_event(chance: Chance, family: Record, who: Record, day: date) -> Record:
    """area-event"""
    code = family["village_code"]
    return {
        "kind": chance.one(tuple(WATCHED)),
        "area_code": code[: chance.one((6, 9, 12))],
        "from": day.isoformat(),
        "text": "多户受影响，请关注。",
    }


def nothing(chance: Chance, family: Record, who: Record, day: date) -> Record:
    """nil-return"""
    return {
        "of_feed": chance.one([slug for slug, feed in FEEDS.items() if feed.role == "fact"]),
        "month": f"{day:%Y-%m}",
        "declared_on": day.isoformat(),
        "declared_by": "值班员",
    }


def by_risk(record: Record) -> str:
    """The department that screens for the risk."""
    return OWNERS[record["risk"]]


def by_channel(record: Record) -> str:
    """Villages write down what is brought to them; the platforms and the hotline end at the county."""
    return "village" if record["channel"] in ("paper", "patrol") else "rural-revitalisation"


def by_situation(record: Record) -> str:
    """A department that is asked about the situation."""
    return ASKED[record["situation"] - 1]


def by_kind(record: Record) -> str:
    """The department that watches for such events."""
    return WATCHED[record["kind"]]


def by_feed(record: Record) -> str:
    """The department that owes the feed."""
    return FEEDS[record["of_feed"]].departments[0]
