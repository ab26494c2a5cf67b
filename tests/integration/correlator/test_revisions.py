"""Every revision that held is in the household's history, also when several come in one batch."""

from typing import Any

import pytest

from fangpin import database
from tests.desk import Desk
from tests.records import CHILD, OTHER, bill, common, household

DAY = common("clock", "c-1", date="2021-12-01", reported_at="2021-12-01T08:00:00+08:00")
CASES: dict[str, list[dict[str, Any]]] = {
    "three in order": [bill(), bill(self_paid="7000.00", revision=2), bill(self_paid="7100.00", revision=3)],
    "withdrawn and back": [bill(), bill(revision=2, status="withdrawn"), bill(self_paid="7000.00", revision=3)],
    "back to what it was": [bill(), bill(self_paid="7000.00", revision=2), bill(revision=3)],
    "into the other household": [bill(), bill(subject={"id_number": OTHER}, revision=2)],
    "there and withdrawn": [
        bill(),
        bill(subject={"id_number": OTHER}, revision=2),
        bill(subject={"id_number": OTHER}, revision=3, status="withdrawn"),
    ],
    "first of nobody": [bill(subject={"id_number": CHILD}), bill(revision=2)],
    "never in force": [bill(revision=3), bill(self_paid="7000.00", revision=2), bill(self_paid="8000.00", revision=4)],
    "only the last warns": [bill(self_paid="1.00"), bill(revision=2)],
}


@pytest.fixture
def desk(fresh_database: str) -> Any:
    with database.connect(fresh_database) as conn:
        found = Desk(conn)
        people = [{"id_number": OTHER, "name": "示例乙", "relation": "户主", "joined_on": "2010-01-01"}]
        found.take(DAY, household(), household("H2", "r-2", people))
        yield found


def told(desk: Desk) -> list[tuple[str, str, int, bytes | None]]:
    """Type, household, revision and whose of every event about the fact, household by household in order."""
    events = [one for one in desk.events() if one["type"].startswith("Signal")]
    events.sort(key=lambda one: (one["household_id"], one["sequence"]))
    return [(one["type"], one["household_id"], one["revision"], one["person_key"]) for one in events]


@pytest.mark.parametrize("case", CASES)
def test_one_batch_tells_what_one_by_one_tells(desk: Desk, case: str) -> None:
    desk.take(*CASES[case])
    together, warnings = told(desk), desk.warnings()
    exceptions = {(code, status) for code, status in desk.exceptions() if status == "open"} - {
        (code, "open") for code, status in desk.exceptions() if status == "resolved"
    }
    # The same facts under another id, each in a batch of its own.
    desk.broker.published.clear()
    for raw in CASES[case]:
        desk.take({**raw, "record_id": "m-2"})
    assert together == told(desk)
    assert together
    assert not exceptions
    standing = {key: status for key, (status, _) in warnings.items()}
    assert standing == ({} if case == "there and withdrawn" else {(case_household(case), "illness", 1): "open"})


def case_household(case: str) -> str:
    """Whose the fact is in the end."""
    return "H2" if case == "into the other household" else "H1"
