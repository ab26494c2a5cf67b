"""What a county's officer decides about a record: it holds until it is undone, and neither order nor repetition matters."""

from collections.abc import Iterator
from datetime import date
from random import Random
from typing import Any

import pytest

from fangpin import avro, database
from fangpin.domain.replay import replay
from fangpin.policies import load_book
from fangpin.vault import Vault
from tests.desk import NOW, Desk
from tests.integration.correlator.test_aliases import alias, loss, matched
from tests.integration.correlator.test_handler import clock, member
from tests.records import CHILD, OTHER, bill, common, household
from tests.servers import new_database

STRANGER = {"subject": {"id_number": CHILD, "name": "示例乙"}}


@pytest.fixture
def desk(fresh_database: str) -> Iterator[Desk]:
    with database.connect(fresh_database) as conn:
        found = Desk(conn)
        found.take(clock("2021-12-01"))
        yield found


def decision(household_no: str = "H1", record_id: str = "l-1", **more: Any) -> dict[str, Any]:
    own = {
        "of_feed": "medical-expense",
        "of_source": "medical-insurance",
        "of_record_id": "m-1",
        "household_no": household_no,
        "reason": "户主之女，户口未迁",
        "decided_by": "county-530925",
        "decided_on": "2021-10-20",
    }
    return common("match-decision", record_id, subject={"household_no": household_no}, **(own | more))


def undone(household_no: str = "H1", record_id: str = "l-1", revision: int = 2, **more: Any) -> dict[str, Any]:
    return decision(household_no, record_id, revision=revision, status="withdrawn", **({"reason": "认错了人"} | more))


def told(desk: Desk) -> list[tuple[str, str | None]]:
    """LinkDecided and LinkUndone with their reasons."""
    vault, found = Vault(b"k" * 32), []
    for event in desk.events("LinkDecided", "LinkUndone"):
        salt = desk.conn.execute("SELECT salt FROM vault_salt WHERE subject = %s", (event["seal_subject"],)).fetchone()
        assert salt is not None
        opened = vault.open_json(event["seal_subject"], bytes(salt[0]), event["sealed"]) if event["sealed"] else {}
        found.append((event["type"], opened.get("reason")))
    desk.conn.commit()
    return found  # type: ignore[return-value]


def test_unmatched_linked_warned_undone_withdrawn(desk: Desk) -> None:
    desk.take(household(), bill(**STRANGER))
    assert desk.exceptions() == [("UNMATCHED", "open")]
    desk.take(decision())
    assert matched(desk, "m-1") == ("matched", "H1", ["PERSON_NOT_IN_HOUSEHOLD", "LINKED_BY_PERSON"])
    assert desk.exceptions()[-1] == ("UNMATCHED", "resolved")
    assert desk.warnings() == {("H1", "illness", 1): ("open", ["m-1"])}
    (recorded,) = desk.events("SignalRecorded")
    assert "LINKED_BY_PERSON" in recorded["notes"]
    (decided,) = desk.events("LinkDecided")
    assert (decided["of_record_id"], decided["decided_by"]) == ("m-1", "county-530925")
    desk.take(undone())
    assert matched(desk, "m-1") == ("unmatched", None, [])
    assert desk.exceptions()[-1] == ("UNMATCHED", "open")
    assert desk.warnings() == {("H1", "illness", 1): ("withdrawn", [])}
    assert [event["reason"] for event in desk.events("WarningWithdrawn")] == ["link-undone"]
    assert [event["cause"] for event in desk.events("LinkUndone")] == ["withdrawn"]
    assert told(desk) == [("LinkDecided", "户主之女，户口未迁"), ("LinkUndone", "认错了人")]


def test_a_decision_before_its_record_and_before_its_household(desk: Desk) -> None:
    desk.take(decision())
    assert matched(desk, "l-1") == ("unmatched", None, [])
    assert desk.events("LinkDecided") == []
    desk.take(bill(**STRANGER))
    desk.take(household())
    assert matched(desk, "l-1") == ("matched", "H1", [])
    assert desk.warnings() == {("H1", "illness", 1): ("open", ["m-1"])}
    assert told(desk) == [("LinkDecided", "户主之女，户口未迁")]


def test_an_ambiguous_record_is_placed_by_a_person(desk: Desk) -> None:
    desk.take(household(), household("H2", "r-2"), bill())
    desk.take(decision("H2"))
    assert matched(desk, "m-1") == ("matched", "H2", ["LINKED_BY_PERSON"])
    assert ("AMBIGUOUS", "resolved") in desk.exceptions()


def test_a_decision_holds_when_the_register_would_lead_elsewhere_until_it_is_undone(desk: Desk) -> None:
    desk.take(household(), household("H2", "r-2", [member(OTHER)]), bill(**STRANGER))
    desk.take(decision())
    desk.take(household("H2", "r-2", [member(OTHER), member(CHILD)], revision=2))
    assert desk.warnings() == {("H1", "illness", 1): ("open", ["m-1"])}
    row = desk.conn.execute(
        "SELECT household_no FROM match_decision JOIN household ON otherwise = household.household_id"
    )
    assert row.fetchone() == ("H2",)
    desk.conn.commit()
    desk.take(undone())
    assert desk.warnings() == {
        ("H1", "illness", 1): ("withdrawn", []),
        ("H2", "illness", 1): ("open", ["m-1"]),
    }
    assert desk.exceptions()[-1] == ("UNMATCHED", "resolved")


def test_a_corrected_decision_and_a_second_one(desk: Desk) -> None:
    desk.take(household(), household("H2", "r-2", [member(OTHER)]), bill(**STRANGER), decision())
    desk.take(decision("H2", revision=2, reason="实为二户成员"))
    assert matched(desk, "m-1") == ("matched", "H2", ["PERSON_NOT_IN_HOUSEHOLD", "LINKED_BY_PERSON"])
    assert told(desk) == [
        ("LinkDecided", "户主之女，户口未迁"),
        ("LinkUndone", None),
        ("LinkDecided", "实为二户成员"),
    ]
    desk.take(decision("H1", "l-2", decided_on="2021-10-25"))
    assert matched(desk, "m-1") == ("matched", "H1", ["PERSON_NOT_IN_HOUSEHOLD", "LINKED_BY_PERSON"])
    desk.take(undone("H1", "l-2"))
    assert matched(desk, "m-1") == ("matched", "H2", ["PERSON_NOT_IN_HOUSEHOLD", "LINKED_BY_PERSON"])
    desk.take(decision("H2", revision=3, reason="核对户口簿"))
    assert [kind for kind, _ in told(desk)[3:]] == [
        "LinkUndone",
        "LinkDecided",
        "LinkUndone",
        "LinkDecided",
        "LinkDecided",
    ]


def test_a_decision_that_turns_to_another_record_lets_the_first_go(desk: Desk) -> None:
    desk.take(household(), bill(**STRANGER), bill("m-2", **STRANGER), decision())
    desk.take(decision(revision=2, of_record_id="m-2"))
    assert matched(desk, "m-1") == ("unmatched", None, [])
    assert desk.warnings() == {("H1", "illness", 1): ("open", ["m-2"])}
    assert [event["of_record_id"] for event in desk.events("LinkDecided", "LinkUndone")] == ["m-1", "m-1", "m-2"]


def test_a_correction_of_the_record_stays_where_the_person_put_it(desk: Desk) -> None:
    desk.take(household(), bill(**STRANGER), decision())
    desk.take(bill(self_paid="100.00", revision=2, **STRANGER))
    assert desk.warnings() == {("H1", "illness", 1): ("withdrawn", [])}
    desk.take(bill(self_paid="9000.00", revision=3, **STRANGER))
    assert desk.warnings() == {("H1", "illness", 1): ("open", ["m-1"])}


def test_nothing_of_the_reason_is_in_the_clear(desk: Desk) -> None:
    desk.take(household(), bill(**STRANGER), decision(reason="示例丙之女"))
    stored = b"".join(one.value for one in desk.broker.published)
    assert "示例丙".encode() not in stored


RECORDS = (
    clock("2021-12-01"),
    household(),
    household("H2", "r-2", [member(OTHER)]),
    household("H2", "r-2", [member(OTHER), member(CHILD)], revision=2),
    bill(**STRANGER),
    bill("m-2", **STRANGER),
    bill(revision=2, self_paid="8000.00", **STRANGER),
    loss(),
    loss("G-8", "d-2"),
    alias(),
    alias(household_no="H2", revision=2),
    alias("G-8", "H2", "a-2"),
    alias("G-8", "H2", "a-2", revision=2, status="withdrawn"),
    alias("G-8", "H1", "a-3"),
    decision(),
    decision(revision=3, reason="再核"),
    undone(),
    decision("H2", "l-2", of_record_id="m-2"),
    decision("H1", "l-3", of_record_id="m-2", decided_on="2021-10-19"),
    decision("H1", "l-4", of_feed="disaster-loss", of_source="emergency", of_record_id="d-1"),
    undone("H1", "l-4", of_feed="disaster-loss", of_source="emergency", of_record_id="d-1"),
)


def state(desk: Desk) -> dict[str, Any]:
    """Everything that must not depend on the order of arrival."""
    queries = {
        "signals": "SELECT feed, record_id, revision, outcome, household_id, notes FROM signal WHERE is_current ORDER BY 1, 2",
        "decisions": "SELECT record_id, target, household_id, revision, told_revision, otherwise FROM match_decision ORDER BY 1",
        "aliases": "SELECT county_code, other_no, household_id FROM household_alias ORDER BY 1, 2, 3",
    }
    found: dict[str, Any] = {name: desk.conn.execute(query).fetchall() for name, query in queries.items()}  # type: ignore[call-overload]
    desk.conn.commit()
    exceptions: dict[str, str] = {}
    for one in desk.broker.published:
        if one.topic == "hub.exceptions":
            datum = avro.decode(one.value)[1]
            exceptions[datum["exception_id"]] = datum["status"]
    standing: dict[str, tuple[str, int]] = {}
    for event in desk.events("LinkDecided", "LinkUndone"):
        if event["type"] == "LinkDecided":
            standing[event["decision_id"]] = (event["household_id"], event["revision"])
        else:
            standing.pop(event["decision_id"], None)
    return found | {
        "open": {key for key, status in exceptions.items() if status == "open"},
        "standing": standing,
        "warnings": {key: one for key, one in desk.warnings().items() if one[0] == "open"},
    }


@pytest.mark.parametrize("seed", range(8))
def test_any_order_any_repetition_any_batches(servers: Any, migrated_template: str, seed: int) -> None:
    random = Random(seed)
    states = []
    for records in (list(RECORDS), _shuffled(random), _shuffled(random)):
        with new_database(servers.database_url, template=migrated_template) as url, database.connect(url) as conn:
            desk = Desk(conn)
            while records:
                size = random.randint(1, 6)
                desk.take(*records[:size])
                records = records[size:]
            states.append(state(desk))
    for name, expected in states[0].items():
        assert states[1][name] == expected
        assert states[2][name] == expected


def test_evaluate_says_the_same_without_a_broker_or_database(desk: Desk) -> None:
    desk.take(*RECORDS)
    found = replay(RECORDS, load_book(), date(2021, 12, 1), NOW)
    assert {
        (household_no, finding.risk, 1): ("open", list(finding.evidence)) for _, household_no, finding in found.findings
    } == {key: one for key, one in desk.warnings().items() if one[0] == "open"}
    notes = {(remark.record_id, remark.problem.code) for remark in found.remarks}
    assert ("m-2", "LINKED_BY_PERSON") in notes
    assert ("d-1", "MATCHED_BY_ALIAS") in notes


def _shuffled(random: Random) -> list[dict[str, Any]]:
    records = [*RECORDS, *random.choices(RECORDS, k=6)]
    random.shuffle(records)
    return records
