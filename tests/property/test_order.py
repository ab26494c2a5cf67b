"""Any order of arrival and any duplication of the same records ends in the same findings (INV-08)."""

from datetime import date
from random import Random

from hypothesis import given, settings
from hypothesis import strategies as st

from fangpin.domain.replay import replay
from fangpin.policies import load_book
from tests.records import CHILD, NOW, OTHER, PERSON, bill, common, household

BOOK = load_book()
PEOPLE = [PERSON, OTHER, CHILD]


def member(number: str, joined: str) -> dict[str, object]:
    return {"id_number": number, "name": "示例", "relation": "成员", "joined_on": joined}


bills = st.builds(
    lambda index, revision, paid, person, withdrawn: bill(
        f"m-{index}",
        paid,
        revision=revision,
        subject={"id_number": PEOPLE[person]},
        **({"status": "withdrawn"} if withdrawn else {}),
    ),
    st.integers(0, 3),
    st.integers(1, 3),
    st.sampled_from(["5999.99", "6000.00", "9000.00"]),
    st.integers(0, 2),
    st.booleans(),
)
works = st.builds(
    lambda index, last: common(
        "unemployment",
        f"u-{index}",
        subject={"id_number": PERSON},
        situation="not-resumed",
        migrant=True,
        last_worked_on=last,
    ),
    st.integers(0, 2),
    st.sampled_from(["2021-09-30", "2021-10-01", "2021-10-02"]),
)
registers = st.builds(
    lambda index, entry, revision, people: household(
        f"H{index}",
        f"r-{index}-{entry}",
        [member(PEOPLE[one], "2010-01-01") for one in sorted(people)],
        revision=revision,
        reported_at=f"2021-01-0{4 + revision}T09:00:00+08:00",
    ),
    st.integers(1, 2),
    st.integers(1, 2),
    st.integers(1, 3),
    st.sets(st.integers(0, 2), min_size=1),
)
losses = st.builds(
    lambda index, number: common(
        "disaster-loss",
        f"d-{index}",
        subject={"household_no": number},
        hazard="flood",
        damage=["house-collapsed"],
        deaths=0,
        missing=0,
        severe=True,
        struck_on="2021-10-08",
    ),
    st.integers(0, 1),
    st.sampled_from(["H1", "G-1"]),
)
aliases = st.builds(
    lambda index, revision, number, household_no: common(
        "household-alias",
        f"a-{index}",
        revision=revision,
        subject={"household_no": household_no},
        household_no=household_no,
        kind="police",
        other_no=number,
        **{"from": "2021-01-01"},
    ),
    st.integers(0, 1),
    st.integers(1, 2),
    st.sampled_from(["H1", "G-1"]),
    st.sampled_from(["H1", "H2"]),
)
decisions = st.builds(
    lambda index, revision, household_no, withdrawn: common(
        "match-decision",
        f"l-{index}",
        revision=revision,
        subject={"household_no": household_no},
        household_no=household_no,
        of_feed="medical-expense",
        of_source="medical-insurance",
        of_record_id="m-0",
        reason="核对过",
        decided_on="2021-10-20",
        **({"status": "withdrawn"} if withdrawn else {}),
    ),
    st.integers(0, 1),
    st.integers(1, 2),
    st.sampled_from(["H1", "H2", "H3"]),
    st.booleans(),
)


@given(st.lists(st.one_of(bills, works, registers, losses, aliases, decisions), max_size=14), st.integers(0, 2**32))
@settings(max_examples=150, deadline=None)
def test_order_and_duplication_do_not_matter(raws: list[dict[str, object]], seed: int) -> None:
    # The same revision with two contents is judged by arrival, by its nature: keep the first of each.
    once = list({(raw["feed"], raw["record_id"], raw["revision"]): raw for raw in reversed(raws)}.values())
    random = Random(seed)
    again = [*once, *random.choices(once, k=len(once))] if once else []
    random.shuffle(again)
    on = date(2021, 11, 1)
    assert replay(again, BOOK, on, NOW).findings == replay(once, BOOK, on, NOW).findings
