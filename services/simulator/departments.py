"""Invented records of the five departments: amounts at and around each line, corrections, withdrawals, strangers."""

from collections.abc import Callable, Iterator, Sequence
from datetime import date, datetime, timedelta
from random import Random
from typing import Any

from fangpin.domain.calendar import SHANGHAI
from fangpin.domain.identity import check_character

Record = dict[str, Any]
Make = Callable[[Random, Record, date], Record]
AROUND_THE_LINES = ("5499.99", "5500.00", "5500.01", "5999.99", "6000.00", "6000.01", "11000.00", "11000.01", "6234.50")
HOSPITALS = ("县人民医院", "县中医医院", "县妇幼保健院", "市第一人民医院")


def _medical(random: Random, member: Record, day: date) -> Record:
    paid = random.choice(AROUND_THE_LINES) if random.random() < 0.06 else f"{random.lognormvariate(7.6, 0.8):.2f}"
    total = f"{float(paid) * random.uniform(1.8, 5):.2f}"
    return {
        "admitted_on": (day - timedelta(days=random.randrange(2, 20))).isoformat(),
        "settled_on": day.isoformat(),
        "hospital": random.choice(HOSPITALS),
        "total_cost": total,
        "in_policy_self_paid": f"{float(paid) * 0.7:.2f}",
        "self_paid": paid,
    }


def _house(random: Random, member: Record, day: date) -> Record:
    return {
        "house_no": f"F{random.randrange(10**6):06d}",
        "grade": random.choices("ABCD", (30, 50, 15, 5))[0],
        "cause": random.choice(("年久失修", "暴雨", "墙体开裂")),
        "graded_on": day.isoformat(),
    }


def _unemployment(random: Random, member: Record, day: date) -> Record:
    last = day - timedelta(days=random.randrange(5, 60))
    return {
        "situation": random.choices(("not-resumed", "returned-unemployed", "unstable"), (6, 2, 1))[0],
        "migrant": random.random() < 0.8,
        "last_worked_on": last.isoformat(),
    }


def _disability(random: Random, member: Record, day: date) -> Record:
    kind, grade = random.randrange(1, 7), random.choices((1, 2, 3, 4), (1, 2, 4, 5))[0]
    return {
        "certificate_no": f"{member['id_number']}{kind}{grade}",
        "kind": kind,
        "grade": grade,
        "certified_on": day.isoformat(),
        "new": True,
    }


def _disaster(random: Random, member: Record, day: date) -> Record:
    damage = random.choices((["crop"], ["house-damaged"], ["crop", "livestock"], ["house-collapsed"]), (6, 3, 2, 1))[0]
    return {
        "hazard": random.choice(("flood", "hail", "wind", "landslide", "fire")),
        "damage": damage,
        "loss_amount": f"{random.uniform(300, 30000):.2f}",
        "deaths": 0,
        "missing": 0,
        "severe": random.random() < 0.1,
        "struck_on": day.isoformat(),
    }


# Of a hundred records: how many come from which feed, its maker, the department's prefix, and its own date.
FEEDS: tuple[tuple[str, int, Make, str, str], ...] = (
    ("medical-expense", 62, _medical, "YB", "settled_on"),
    ("dangerous-house", 9, _house, "ZJ", "graded_on"),
    ("unemployment", 14, _unemployment, "RS", "last_worked_on"),
    ("disability", 8, _disability, "CL", "certified_on"),
    ("disaster-loss", 7, _disaster, "YJ", "struck_on"),
)


def simulate_records(
    county_code: str, register: Sequence[Record], seed: int, start: date, end: date, count: int
) -> Iterator[Record]:
    """`count` records in the order of the days on which they are reported, from `start` to `end`."""
    random = Random(f"{county_code}/{seed}/records")
    span = (end - start).days + 1
    made: list[Record] = []
    for number in range(count):
        day = start + timedelta(days=number * span // count)
        chance = random.random()
        if made and chance < 0.02:
            yield {**random.choice(made)}
            continue
        if made and chance < 0.05:
            yield _again(random, random.choice(made), day)
            continue
        record = _one(random, county_code, register, day, number)
        made.append(record)
        yield record


def _one(random: Random, county_code: str, register: Sequence[Record], day: date, number: int) -> Record:
    feed, _, make, prefix, own_date = random.choices(FEEDS, [share for _, share, *_ in FEEDS])[0]
    member = random.choice(random.choice(register)["members"])
    if random.random() < 0.01:
        first = f"{county_code}19680214{random.randrange(1000):03d}"
        member = {"id_number": first + check_character(first), "name": "外来人员"}
    fields = make(random, member, day)
    return {
        "feed": feed,
        "record_id": f"{prefix}{day:%Y%m%d}-{number:06d}",
        "revision": 1,
        "status": "active",
        "county_code": county_code,
        "occurred_on": fields[own_date],
        "reported_at": _reported(random, day),
        "subject": {"id_number": member["id_number"], "name": member["name"]},
        **fields,
    }


def _reported(random: Random, day: date) -> str:
    seconds = timedelta(seconds=random.randrange(9 * 3600, 17 * 3600))
    return (datetime(day.year, day.month, day.day, tzinfo=SHANGHAI) + seconds).isoformat()


def _again(random: Random, record: Record, day: date) -> Record:
    """A correction, or a withdrawal."""
    again = {**record, "revision": record["revision"] + 1, "reported_at": _reported(random, day)}
    if random.random() < 0.4:
        again["status"] = "withdrawn"
    elif record["feed"] == "medical-expense":
        paid = random.choice(AROUND_THE_LINES)
        again |= {"self_paid": paid, "total_cost": f"{float(paid) * 3:.2f}", "in_policy_self_paid": paid}
    return again
