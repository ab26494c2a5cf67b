"""Invented households in real villages, as records of household-register."""

from collections.abc import Iterator
from datetime import date
from random import Random
from typing import Any

from fangpin.areas import villages
from services.simulator.people import People, Person

Record = dict[str, Any]


def simulate_register(county_code: str, households: int, seed: int, as_of: date) -> Iterator[Record]:
    """One register record a household, valid from the first day of the year before `as_of`."""
    random = Random(f"{county_code}/{seed}/register")
    people = People(county_code, random)
    codes = [code for code, village in villages(county_code).items() if village.rural] or [f"{county_code}100201"]
    # Two villages are fuller than the rest: those whose officers have accounts in the demo.
    weights = [6 if index < 2 else 1 for index in range(len(codes))]
    since = date(as_of.year - 1, 1, 1)
    for number in range(1, households + 1):
        members = _family(people, random, as_of)
        monitored = random.choices(("none", "unstable", "marginal", "hardship"), (94, 3, 2, 1))[0]
        household_no = f"{county_code[-4:]}-{number:06d}"
        yield {
            "feed": "household-register",
            "record_id": f"HJ{since:%Y}-{number:06d}",
            "revision": 1,
            "status": "active",
            "county_code": county_code,
            "occurred_on": since.isoformat(),
            "reported_at": f"{as_of}T00:00:00+08:00",
            "subject": {"household_no": household_no},
            "household_no": household_no,
            "village_code": random.choices(codes, weights)[0],
            "class": "out-of-poverty" if random.random() < 0.35 else "ordinary",
            "monitored": monitored,
            "marginal_2019": monitored == "marginal",
            "resident": random.random() < 0.9,
            "has_labour": random.random() < 0.85,
            "on_subsistence_allowance": random.random() < 0.08,
            "members": [_member(person, relation, as_of) for person, relation in members],
        }


def _member(person: Person, relation: str, as_of: date) -> Record:
    joined = person.born if relation in ("子", "女", "孙子", "孙女") else date(max(person.born.year + 20, 1991), 3, 1)
    return {
        "id_number": person.id_number,
        "name": person.name,
        "relation": relation,
        "joined_on": min(joined, date(as_of.year - 1, 1, 1)).isoformat(),
    }


def _family(people: People, random: Random, today: date) -> list[tuple[Person, str]]:
    age = random.randrange(28, 76)
    male = random.random() < 0.85
    head = people.aged(today, age, age, male)
    family: list[tuple[Person, str]] = [(head, "户主")]
    surname = head.name[0] if "·" not in head.name else None
    if random.random() < 0.78:
        family.append((people.aged(today, max(22, age - 5), age + 3, not male), "配偶"))
        for _ in range(random.choices((0, 1, 2, 3), (2, 4, 4, 1))[0]):
            boy = random.random() < 0.52
            child = people.aged(today, max(0, age - 38), max(1, age - 23), boy, surname)
            family.append((child, "子" if boy else "女"))
    if age < 55 and random.random() < 0.35:
        mother = random.random() < 0.6
        family.append((people.aged(today, age + 20, min(age + 32, 95), not mother), "母" if mother else "父"))
    return family
