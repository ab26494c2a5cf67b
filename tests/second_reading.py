"""The county documents read a second time: what each pack must make of a record of each feed, on plain values.

No code of the hub: its own table of lines, dates and decisions, as docs/documents and docs/decisions state them.
`Village` invents households and records that lie on, just under and just over every line, and around the days on which
the packs change; each record says what must come of it. Written to be obviously right, not fast.
"""

from calendar import monthrange
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date, timedelta
from decimal import ROUND_HALF_UP, Decimal
from random import Random
from typing import Any

Raw = dict[str, Any]
WENGYUAN, XUWEN, SHUANGJIANG, QINGFENG = "440229", "440825", "530925", "410922"
VILLAGES = {WENGYUAN: "440229100201", XUWEN: "440825100201", SHUANGJIANG: "530925101201", QINGFENG: "410922100201"}
IN_FORCE = {
    WENGYUAN: [(date(2020, 7, 1), "wengyuan-2020"), (date(2023, 4, 21), "wengyuan-2023")],
    XUWEN: [(date(2021, 1, 1), "xuwen-2021")],
    SHUANGJIANG: [(date(2021, 9, 28), "shuangjiang-2021")],
    QINGFENG: [(date(2021, 3, 4), "qingfeng-2021")],
}
TURNS = [date(2023, 7, 1), date(2023, 11, 1), date(2024, 1, 1)] + [day for own in IN_FORCE.values() for day, _ in own]
RISKS = [
    "illness",
    "schooling",
    "disaster",
    "disability",
    "accident",
    "epidemic",
    "business-failure",
    "unemployment",
    "housing",
    "water",
    "income",
    "other",
]
AMOUNTS = [
    "business",
    "asset_dividend",
    "other_property",
    "family_planning",
    "subsistence",
    "destitute",
    "pension",
    "eco_compensation",
    "other_transfer",
]
INCOME_LINES = {
    WENGYUAN: (10000, 10420, 10600, 10800),
    XUWEN: (9576, 9600),
    SHUANGJIANG: (6000,),
    QINGFENG: (6000,),
}
FEN = Decimal("0.01")


def pack_on(county: str, day: date) -> str | None:
    """The pack of that day."""
    return max(((start, name) for start, name in IN_FORCE[county] if start <= day), default=(day, None))[1]


@dataclass(frozen=True, slots=True)
class State:
    """A household's register from a day on."""

    since: date
    poor: bool
    monitored: str
    marginal_2019: bool
    labour: bool
    allowance: bool


@dataclass(slots=True)
class House:
    """One household; `aid` are the spans in which one of it was on subsistence allowance by the bureau's records."""

    county: str
    number: str
    members: list[str]
    states: list[State]
    aid: list[tuple[date, date | None]] = field(default_factory=list)

    def on(self, day: date) -> State:
        """The latest state by that day, else the earliest."""
        return max((one for one in self.states if one.since <= day), key=lambda one: one.since, default=self.states[0])


@dataclass(slots=True)
class Said:
    """A record's own fields and what must come of it: the risk, since when, and for which purposes (none: no warning)."""

    feed: str
    own_date: str
    fields: Raw
    risk: str = ""
    purposes: tuple[str, ...] = ()
    met_on: date | None = None
    by_person: bool = False


Maker = Callable[[Random, House, date], Said]


def _warned(holds: bool) -> tuple[str, ...]:
    return ("warn",) if holds else ()


def _near(random: Random, *lines: int) -> Decimal:
    return random.choice(lines) + Decimal(random.choice([-100, -1, 0, 0, 1, 100])) / 100


def next_month(day: date) -> date:
    """The same day of the next month, or its last."""
    year, month = (day.year + 1, 1) if day.month == 12 else (day.year, day.month + 1)
    return date(year, month, min(day.day, monthrange(year, month)[1]))


def month_of(day: date, later: int = 0) -> str:
    """YYYY-MM, so many months later."""
    months = day.year * 12 + day.month - 1 + later
    return f"{months // 12}-{months % 12 + 1:02}"


def bill(random: Random, house: House, day: date) -> Said:
    paid = _near(random, 6000, 5500, 11000)
    lines = {SHUANGJIANG: paid >= 6000, QINGFENG: paid > (5500 if house.on(day).poor else 11000)}
    own = {"admitted_on": day - timedelta(3), "hospital": "县医院", "total_cost": 30000, "in_policy_self_paid": 1000}
    holds = lines.get(house.county, False)
    return Said("medical-expense", "settled_on", own | {"self_paid": paid}, "illness", _warned(holds), by_person=True)


def disease(random: Random, house: House, day: date) -> Said:
    listed = random.random() < 0.5
    holds = house.county == QINGFENG and listed and house.on(day).poor
    return Said("serious-disease", "diagnosed_on", {"disease": "肺癌", "listed": listed}, "illness", _warned(holds))


def house_grade(random: Random, house: House, _: date) -> Said:
    grade = random.choice("ABCD")
    holds = house.county in (SHUANGJIANG, QINGFENG) and grade in "CD"
    return Said("dangerous-house", "graded_on", {"house_no": "1", "grade": grade}, "housing", _warned(holds))


def defect(random: Random, house: House, _: date) -> Said:
    own = {"house_no": "1", "defect": random.choice(["leaking", "draughty", "unsafe", "other"])}
    return Said("house-defect", "found_on", own, "housing", _warned(house.county in (SHUANGJIANG, QINGFENG)))


def unemployment(random: Random, house: House, day: date) -> Said:
    situation = random.choice(["not-resumed", "returned-unemployed", "unstable"])
    migrant, month = random.random() < 0.5, next_month(day)
    resumed = random.choice([None, None, month - timedelta(1), month, month + timedelta(1)])
    own = {"situation": situation, "migrant": migrant, "resumed_on": resumed}
    said = Said("unemployment", "last_worked_on", own, "unemployment", by_person=True)
    if house.county == SHUANGJIANG and situation == "not-resumed":
        said.met_on = month
        said.purposes = _warned(migrant and (resumed is None or resumed >= month))
    else:
        said.purposes = _warned(house.county in (SHUANGJIANG, QINGFENG))
    return said


def disability(random: Random, house: House, _: date) -> Said:
    kind, grade, new = random.randint(1, 7), random.randint(1, 4), random.choice([None, True, False])
    kinds = random.choice([None, [4, 5], [1, 2], [6, 3]]) if kind == 7 else None
    severe = grade <= 2 or kind in (5, 6) or bool({5, 6} & set(kinds or ()))
    lines = {SHUANGJIANG: severe, QINGFENG: new is not False}
    own = {"kind": kind, "grade": grade, "new": new, "kinds": kinds}
    return Said("disability", "certified_on", own, "disability", _warned(lines.get(house.county, False)))


def disaster(random: Random, house: House, _: date) -> Said:
    damage = random.sample(
        ["house-collapsed", "house-damaged", "crop", "livestock", "property", "casualty"], random.randint(1, 2)
    )
    deaths, missing, severe = (random.random() < 0.15 for _ in range(3))
    heavy = severe or deaths or missing or any(one.startswith("house-") for one in damage)
    own = {"hazard": "flood", "damage": damage, "deaths": int(deaths), "missing": int(missing), "severe": severe}
    lines = {SHUANGJIANG: True, QINGFENG: heavy}
    return Said("disaster-loss", "struck_on", own, "disaster", _warned(lines.get(house.county, False)))


def industry(random: Random, house: House, _: date) -> Said:
    cause = random.choice(["pest", "drought", "debris-flow", "market", "technical", "other"])
    outcome = random.choice(["affected", "total-loss", "project-failed"])
    lines = {SHUANGJIANG: cause in ("pest", "drought", "debris-flow"), QINGFENG: outcome != "affected"}
    own = {"project": "养殖", "cause": cause, "outcome": outcome}
    return Said("industry-loss", "found_on", own, "business-failure", _warned(lines.get(house.county, False)))


def forest(random: Random, house: House, _: date) -> Said:
    own = {"hazard": random.choice(["pest", "forest-fire"])}
    return Said("forest-damage", "found_on", own, "disaster", _warned(house.county == SHUANGJIANG))


def water(random: Random, house: House, _: date) -> Said:
    own = {name: random.random() < 0.8 for name in ("quality", "quantity", "convenience", "reliability")}
    holds = house.county in (SHUANGJIANG, QINGFENG) and not all(own.values())
    return Said("drinking-water", "found_on", dict(own), "water", _warned(holds))


def dropout(random: Random, house: House, day: date) -> Said:
    own = {"stage": "primary", "school": "小学", "returned_on": random.choice([None, day + timedelta(9)])}
    holds = house.county in (SHUANGJIANG, QINGFENG)
    return Said("school-dropout", "left_on", own, "schooling", _warned(holds), by_person=True)


def school_fees(random: Random, house: House, _: date) -> Said:
    high = random.random() < 0.5
    own = {"stage": "college", "school": "学院", "school_kind": "private", "burden_high": high, "school_year": "2021"}
    holds = house.county == QINGFENG and high
    return Said("education-cost", "reported_on", own, "schooling", _warned(holds), by_person=True)


def traffic(random: Random, house: House, _: date) -> Said:
    outcome = random.choice(["injured", "seriously-injured", "disabled", "dead"])
    lines = {SHUANGJIANG: True, QINGFENG: outcome != "injured"}
    holds = lines.get(house.county, False)
    return Said("traffic-accident", "happened_on", {"outcome": outcome}, "accident", _warned(holds), by_person=True)


def crime(random: Random, house: House, _: date) -> Said:
    key = random.random() < 0.5
    own = {"outcome": "injured", "key_labour": key}
    return Said("crime-victim", "happened_on", own, "accident", _warned(house.county == SHUANGJIANG and key))


def spending(random: Random, house: House, day: date) -> Said:
    before = random.randrange(3000, 20000)
    parts = {name: random.randrange(0, before // 3) for name in ("medical", "education", "housing")}
    rest = before - sum(parts.values()) + Decimal(random.choice([-1, 0, 0, 1])) / 100
    own: Raw = {"year": day.year, **parts, "other_rigid": max(rest, Decimal(0)), "last_year_income": before}
    asked = {
        XUWEN: True,
        QINGFENG: True,
        WENGYUAN: pack_on(WENGYUAN, day) == "wengyuan-2020" and not house.on(day).poor,
    }
    holds = asked.get(house.county, False) and sum(parts.values()) + own["other_rigid"] > before
    return Said("spending", "surveyed_on", own, "income", _warned(holds))


def income(random: Random, house: House, day: date) -> Said:
    """With a wage that brings what counts to a line, or a fen beside it."""
    members = random.randint(1, 5)
    first, last, months = _period(random, house.county, day)
    others = {name: random.randrange(0, 9000) for name in AMOUNTS if random.random() < 0.3}
    cost = random.choice([0, random.randrange(0, 3000)])
    expected = random.choice([None, random.randrange(0, 9000)]) if months < 12 else None
    target = members * _near(random, *INCOME_LINES[house.county])
    wanted = target * months / 12 if expected is None else target - expected
    wage = max((wanted - sum(others.values()) + cost).quantize(FEN, ROUND_HALF_UP), Decimal(0))
    unstable = random.choice([None, True, False])
    net = wage + sum(others.values()) - cost
    year = net * 12 / months if expected is None else net + expected
    each = (year / members).quantize(FEN, ROUND_HALF_UP)
    own: Raw = {"period_from": first, "period_to": last, "members": members, "wage": wage, "business_cost": cost}
    own |= {"expected_rest": expected, "livelihood_unstable": unstable, **others}
    said = Said("income", "surveyed_on", own, "income")
    if house.county == WENGYUAN:
        said.purposes = _wengyuan_income(house.on(day), day, each, first == month_of(day, -12), unstable)
    elif house.county == XUWEN:
        said.purposes = _warned(each < 9576 if first in ("2019-12", "2020-01") else first == "2020-12" and each <= 9600)
    elif house.county == SHUANGJIANG:
        said.purposes = _warned(each < 6000)
    else:
        aided = any(start <= day and (until is None or day <= until) for start, until in house.aid)
        said.purposes = _warned(house.on(day).poor and each < 6000 and not house.on(day).allowance and not aided)
    return said


def _period(random: Random, county: str, day: date) -> tuple[str, str, int]:
    if county != XUWEN:
        early = random.choice([0, 0, 0, 1])
        return month_of(day, -12 - early), month_of(day, -1 - early), 12
    year, month = random.choice([(2019, 12), (2020, 12), (2020, 1), (2021, 12), (2021, 3)])
    months = 12 if month == 1 else random.choice([12, 12, 6, 5, 1])
    return f"{year}-{month:02}", month_of(date(year, month, 1), months - 1), months


def _wengyuan_income(
    state: State, day: date, each: Decimal, year_before: bool, unstable: bool | None
) -> tuple[str, ...]:
    if day < date(2023, 4, 21):
        holds = state.poor and state.labour and each < 10000 and year_before and unstable is not False
        return ("enter",) if holds else ()
    known = state.poor or state.marginal_2019
    entered = ("enter",) if known and each <= 10420 else ()
    line = 0
    if date(2023, 7, 1) <= day <= date(2023, 10, 31):
        line = 10600
    elif date(2023, 11, 1) <= day <= date(2023, 12, 31):
        line = 10800
    return entered + _warned((known or state.monitored != "none") and each < line)


def suspected(random: Random, _: House, day: date) -> Said:
    risk = random.choice(RISKS)
    return Said(
        "suspected-household", "found_on", {"risk": risk, "reason": "疑似", "month": month_of(day)}, risk, ("warn",)
    )


def self_report(random: Random, _: House, __: date) -> Said:
    risk = random.choice(RISKS)
    own = {"channel": "app", "ticket_no": "1", "risk": risk, "statement": "说明"}
    return Said("self-report", "received_on", own, risk, ("warn",))


def job_wanted(_: Random, __: House, day: date) -> Said:
    own = {"month": month_of(day), "wants": "job", "guided": 1, "trained": 0, "offers": 2}
    return Said("employment-need", "occurred_on", own, by_person=True)


def answer(random: Random, _: House, __: date) -> Said:
    own = {"situation": random.randint(1, 10), "answer": random.choice(["clear", "hit", "unknown"])}
    return Said("exclusion-answer", "answered_on", own)


def assistance(random: Random, house: House, day: date) -> Said:
    kind = random.choice(["subsistence", "subsistence", "destitute", "temporary"])
    until = random.choice([None, day + timedelta(random.randrange(400))])
    if kind == "subsistence":
        house.aid.append((day, until))
    return Said("assistance", "from", {"kind": kind, "until": until}, by_person=random.random() < 0.5)


MAKERS: tuple[Maker, ...] = (
    bill, disease, house_grade, defect, unemployment, disability, disaster, industry, forest, water, dropout,
    school_fees, traffic, crime, spending, income, income, income, suspected, self_report, job_wanted, answer,
)  # fmt: skip


class Village:
    """Households of all four counties and their records, and what must come of them by `on`. The same for a seed, always."""

    def __init__(self, seed: int, households: int, on: date) -> None:
        self._random, self._on, self._people = Random(seed), on, 0
        self.register: list[Raw] = []
        self.records: list[Raw] = []
        # county, household, risk → record, since when, pack, purpose
        self.expected: dict[tuple[str, str, str], list[tuple[str, date, str, str]]] = {}
        for number in range(households):
            house = self._house(number)
            days = [self._day() for _ in range(self._random.randint(2, 7))]
            self._add(house, days[0], assistance)  # before what is judged by it
            for day in days[1:]:
                self._add(house, day, self._random.choice(MAKERS))
        self._random.shuffle(self.records)

    def _day(self) -> date:
        if self._random.random() < 0.35:
            return self._random.choice(TURNS) - timedelta(self._random.randrange(2))
        return date(2019, 6, 1) + timedelta(self._random.randrange(1700))

    def _person(self, county: str) -> str:
        self._people += 1
        digits = f"{county}{1950 + self._people // 1000 % 60}0203{self._people % 1000:03}"
        weights = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
        total = sum(int(one) * weight for one, weight in zip(digits, weights, strict=True))
        return digits + "10X98765432"[total % 11]

    def _house(self, number: int) -> House:
        random = self._random
        county = list(VILLAGES)[number % len(VILLAGES)]
        states = [
            State(
                day,
                random.random() < 0.5,
                random.choice(["none", "none", "unstable", "marginal", "hardship"]),
                random.random() < 0.3,
                random.random() < 0.5,
                random.random() < 0.3,
            )
            for day in sorted({self._day() for _ in range(random.randint(1, 2))})
        ]
        house = House(county, f"H{number}", [self._person(county) for _ in range(random.randint(1, 3))], states)
        self.register += [_register_record(house, state) for state in states]
        return house

    def _add(self, house: House, day: date, maker: Maker) -> None:
        said = maker(self._random, house, day)
        person = self._random.choice(house.members)
        subject = {"id_number": person} if said.by_person else {"household_no": house.number}
        if said.feed == "disability":
            subject = {"id_number": person}
            said.fields["certificate_no"] = f"{person}{said.fields['kind']}{said.fields['grade']}"
        record_id = f"x-{len(self.records)}"
        own = {name: _written(value) for name, value in said.fields.items() if value is not None}
        self.records.append(
            _common(said.feed, record_id, house.county, subject) | {said.own_date: day.isoformat(), **own}
        )
        since = said.met_on or day
        pack = pack_on(house.county, since)
        if pack is not None and since <= self._on:
            found = [(record_id, since, pack, purpose) for purpose in said.purposes]
            if found:
                self.expected.setdefault((house.county, house.number, said.risk), []).extend(found)


def _written(value: object) -> object:
    return str(value) if isinstance(value, Decimal | date) else value


def _common(feed: str, record_id: str, county: str, subject: Raw) -> Raw:
    common = {"record_id": record_id, "revision": 1, "status": "active", "county_code": county, "subject": subject}
    return {"feed": feed, **common, "reported_at": "2024-06-01T08:00:00+08:00"}


def _register_record(house: House, state: State) -> Raw:
    return _common(
        "household-register", f"r-{house.number}-{state.since}", house.county, {"household_no": house.number}
    ) | {
        "occurred_on": state.since.isoformat(),
        "household_no": house.number,
        "village_code": VILLAGES[house.county],
        "class": "out-of-poverty" if state.poor else "ordinary",
        "monitored": state.monitored,
        "marginal_2019": state.marginal_2019,
        "resident": True,
        "has_labour": state.labour,
        "on_subsistence_allowance": state.allowance,
        "members": [
            {"id_number": one, "name": "示例", "relation": "户主" if place == 0 else "成员", "joined_on": "2010-01-01"}
            for place, one in enumerate(house.members)
        ],
    }
