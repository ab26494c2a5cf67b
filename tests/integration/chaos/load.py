"""What is sent: two counties' registers, records, clocks, and what cannot be used; seeded, shuffled, with duplicates.

In two parts, because a finding cuts an episode where it arrives: `before` and `after` the village officers' findings.
Whatever depends on arrival (one revision with two contents) is about strangers, who belong to no household.
"""

import struct
from dataclasses import dataclass, field
from datetime import date
from random import Random
from typing import Any

from services.simulator import simulate_records, simulate_register
from tests.oracle import OWN_DATE

Raw = dict[str, Any]
COUNTIES = ("530925", "410922")
START, TODAY = date(2021, 10, 1), date(2021, 12, 20)
CLOCKS = (("2021-10-05", "2021-11-20"), ("2021-12-05", TODAY.isoformat()))  # before and after the findings
TOO_FAR = "2021-12-31"  # a clock record that is withdrawn again
DUPLICATES = 0.1
RECORDS_A_HOUSEHOLD = 8


@dataclass(slots=True)
class Load:
    """Records in the order in which they are sent; `poison` are values that no reader can decode."""

    before: list[Raw] = field(default_factory=list)
    after: list[Raw] = field(default_factory=list)
    poison: list[bytes] = field(default_factory=list)
    reused: set[str] = field(default_factory=set)

    def usable(self) -> list[Raw]:
        """Every record, as the oracle wants them: not those whose one revision has two contents."""
        return [raw for raw in self.before + self.after if raw["record_id"] not in self.reused]


def make(seed: int, count: int) -> Load:
    """About `count` records and half as many again of registers, corrections of them and copies."""
    random = Random(seed)
    load = Load()
    for county in COUNTIES:
        register = list(simulate_register(county, count // 2 // RECORDS_A_HOUSEHOLD, seed, TODAY))
        records = list(simulate_records(county, register, seed, START, TODAY, count // 2, set(OWN_DATE)))
        late = {random.randrange(len(register)) for _ in range(len(register) // 7)}
        load.before += [one for number, one in enumerate(register) if number not in late]
        load.after += [one for number, one in enumerate(register) if number in late]
        for raw in [*(_otherwise_named(random, register, one) for one in records), *_changes(random, register)]:
            (load.before if random.random() < 0.6 else load.after).append(raw)
        load.before += [_clock(county, day, 1) for day in CLOCKS[0]]
        load.after += [_clock(county, day, 1) for day in CLOCKS[1]]
        load.after += [_clock(county, TOO_FAR, 1), {**_clock(county, TOO_FAR, 2), "status": "withdrawn"}]
        load.reused |= {raw["record_id"] for raw in _reused(random, county, load.before, count // 500)}
    for part in (load.before, load.after):
        part += random.choices(part, k=int(len(part) * DUPLICATES))
        random.shuffle(part)
    _one_content_a_revision(load)
    load.poison = [_poison(random, number) for number in range(max(10, count // 500))]
    return load


def _clock(county: str, day: str, revision: int) -> Raw:
    common = {"record_id": f"c-{day}", "revision": revision, "status": "active", "county_code": county}
    return {"feed": "clock", **common, "date": day, "confirmed": True, "reported_at": "2021-12-20T08:00:00+08:00"}


def _otherwise_named(random: Random, register: list[Raw], raw: Raw) -> Raw:
    """A few name a household beside or instead of the person: the right one, another, or one that nobody knows."""
    chance = random.random()
    if chance > 0.06:
        return raw
    number = random.choice(register)["household_no"] if chance > 0.01 else "nobody-knows"
    if chance < 0.03:
        return {**raw, "subject": {"household_no": number}}
    return {**raw, "subject": {**raw["subject"], "household_no": number}}


def _changes(random: Random, register: list[Raw]) -> list[Raw]:
    """Corrections of registers, members who move, members claimed by two households, a household withdrawn."""
    found: list[Raw] = []
    for number, one in enumerate(register):
        chance = random.random()
        if chance < 0.05:
            found.append({**one, "revision": 2, "class": _other_class(one)})
        elif chance < 0.07:
            found.append({**one, "revision": 2, "status": "withdrawn"})
        elif chance < 0.11 and len(one["members"]) > 1:
            found += _move(random, one, random.choice([two for two in register if two is not one]), number)
        elif chance < 0.12:
            other = random.choice([two for two in register if two is not one])
            members = [*other["members"], one["members"][-1]]
            found.append({**_later(other, f"claim-{number}", "2021-06-01"), "members": members})
    return found


def _other_class(one: Raw) -> str:
    return "ordinary" if one["class"] == "out-of-poverty" else "out-of-poverty"


def _move(random: Random, one: Raw, other: Raw, number: int) -> list[Raw]:
    day = date.fromordinal(random.randrange(START.toordinal(), TODAY.toordinal())).isoformat()
    moved = one["members"][-1]
    stays = [*one["members"][:-1], {**moved, "left_on": day}]
    joins = [*other["members"], {**moved, "joined_on": day}]
    return [
        {**_later(one, f"left-{number}", day), "members": stays},
        {**_later(other, f"joined-{number}", day), "members": joins},
    ]


def _later(one: Raw, record_id: str, day: str) -> Raw:
    reported = {"occurred_on": day, "reported_at": f"{TODAY}T08:00:00+08:00"}
    return {**one, **reported, "record_id": f"{one['record_id']}-{record_id}"}


def _reused(random: Random, county: str, part: list[Raw], count: int) -> list[Raw]:
    """One revision with two contents, of bills of nobody in the county."""
    found = []
    for number in range(max(2, count)):
        template = random.choice(
            [raw for raw in part if raw["feed"] == "medical-expense" and raw["county_code"] == county]
        )
        bill = {**template, "record_id": f"reused-{county}-{number}", "status": "active", "revision": 1}
        bill["subject"] = {"household_no": "nobody-knows"}
        found += [bill, {**bill, "hospital": "另一家医院"}]
    part += found
    return found


def _one_content_a_revision(load: Load) -> None:
    """The simulator may correct one revision twice; which came first is arrival, not content: keep one."""
    first: dict[tuple[str, str, str, int], Raw] = {}

    def keeps(raw: Raw) -> bool:
        if raw["record_id"] in load.reused:
            return True
        key = (raw["feed"], raw["county_code"], raw["record_id"], raw["revision"])
        held = first.setdefault(key, raw)
        return _content(held) == _content(raw)

    load.before = [raw for raw in load.before if keeps(raw)]
    load.after = [raw for raw in load.after if keeps(raw)]


def _content(raw: Raw) -> Raw:
    return {name: value for name, value in raw.items() if name != "reported_at"}


def _poison(random: Random, number: int) -> bytes:
    """Bytes that are each something else, so that each can be looked for in the quarantine."""
    canary = f"poison-{number}".encode()
    return random.choice((canary, struct.pack(">bI", 0, 2**31) + canary, struct.pack(">bI", 0, 101) + canary))
