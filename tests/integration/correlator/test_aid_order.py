"""Surveys, assistance, moves and corrections in any order and any batches end where `fangpin evaluate` ends."""

from datetime import date
from itertools import pairwise
from random import Random
from typing import Any

import pytest

from fangpin import database
from fangpin.domain.replay import replay
from fangpin.policies import load_book
from services.simulator.people import People
from tests.desk import NOW, Desk
from tests.records import Raw, common, household

COUNTY = "410922"
DAY = date(2021, 12, 1)


def family_of(round_no: int, chance: Random, people: People) -> list[Raw]:
    """Two households between which people move, their surveys, and assistance that comes, changes and goes."""
    numbers = [people.make(date(1970, 1, 1), True).id_number for _ in range(3)]
    raws: list[Raw] = []
    for place in ("A", "B"):
        household_no = f"{place}{round_no}"
        for revision in range(1, chance.randint(1, 3) + 1):
            own = [one for one in numbers if chance.random() < 0.6] or numbers[:1]
            members = [
                {
                    "id_number": number,
                    "name": "示例",
                    "relation": "成员",
                    "joined_on": chance.choice(["2010-01-01", "2021-06-01"]),
                    "left_on": chance.choice([None, None, "2021-08-01"]),
                }
                for number in own
            ]
            more = {"revision": revision, "on_subsistence_allowance": chance.random() < 0.2}
            kind = chance.choice(["out-of-poverty", "out-of-poverty", "ordinary"])
            raws.append(household(household_no, f"r-{household_no}", members, **more, **{"class": kind}))
        for revision in range(1, chance.randint(1, 2) + 1):
            months = {"period_from": "2020-09", "period_to": "2021-08", "members": 1}
            wage = chance.choice(["5999.99", "6000.00"])
            own_day = {"surveyed_on": chance.choice(["2021-05-01", "2021-09-01"]), "wage": wage, "revision": revision}
            subject = {"household_no": household_no}
            raws.append(common("income", f"i-{household_no}", subject=subject, **months, **own_day))
    for count in range(chance.randint(1, 3)):
        who = chance.choice([{"id_number": chance.choice(numbers)}, {"household_no": f"A{round_no}"}])
        if chance.random() < 0.3:
            who = {"id_number": chance.choice(numbers), "household_no": f"B{round_no}"}
        for revision in range(1, chance.randint(1, 3) + 1):
            span = {"from": "2021-01-01", "until": chance.choice([None, "2021-05-01", "2021-08-31"])}
            more = {"status": "withdrawn"} if chance.random() < 0.3 else {}
            own_span = {name: day for name, day in span.items() if day is not None}
            raws.append(
                common(
                    "assistance",
                    f"a-{round_no}-{count}",
                    **{"subject": who, "kind": "subsistence", "revision": revision, **own_span, **more},
                )
            )
    return raws


@pytest.mark.parametrize("seed", range(6))
def test_any_order_and_any_batches_end_where_evaluate_ends(fresh_database: str, seed: int) -> None:
    chance = Random(seed)
    people = People(COUNTY, chance)
    raws: list[dict[str, Any]] = [
        {**raw, "county_code": COUNTY} for round_no in range(12) for raw in family_of(round_no, chance, people)
    ]
    chance.shuffle(raws)
    cuts = sorted({0, len(raws), *(chance.randrange(len(raws)) for _ in range(12))})
    with database.connect(fresh_database) as conn:
        desk = Desk(conn)
        desk.take(
            common("clock", "c-1", date=str(DAY), reported_at="2021-12-01T08:00:00+08:00") | {"county_code": COUNTY}
        )
        for first, last in pairwise(cuts):
            desk.take(*raws[first:last])
        found = {
            (number, risk): evidence
            for (number, risk, _), (status, evidence) in desk.warnings().items()
            if status != "withdrawn"
        }
    expected = replay(raws, load_book(), DAY, NOW)
    assert found == {(number, one.risk): list(one.evidence) for _, number, one in expected.findings}
    assert found
