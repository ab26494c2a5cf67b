"""The correlator's batch on a real PostgreSQL: what arrives in which batch must not matter."""

from concurrent.futures import ThreadPoolExecutor
from typing import Any

import psycopg
import pytest

from fangpin import avro, database
from fangpin.domain.feeds import FEEDS
from fangpin.domain.ids import household_id, warning_id
from tests.desk import NOW, Arrived, Desk
from tests.feed_samples import SAMPLES
from tests.records import CHILD, OTHER, PERSON, bill, common, household


@pytest.fixture
def desk(fresh_database: str) -> Any:
    with database.connect(fresh_database) as conn:
        found = Desk(conn)
        found.take(clock("2021-12-01"))
        yield found


def clock(day: str, record_id: str = "c-1", **more: Any) -> dict[str, Any]:
    return common("clock", record_id, **{"date": day, "reported_at": "2021-12-01T08:00:00+08:00", **more})


def finding(risk: str, result: str, record_id: str = "f-1", episode: int = 1) -> dict[str, Any]:
    identity = str(warning_id(household_id("530925", "H1"), risk, episode))
    own = {"warning_id": identity, "result": result, "visited_on": "2021-11-01"}
    return common("finding", record_id, reported_at="2021-11-02T08:00:00+08:00", **own)


def member(number: str, joined: str = "2010-01-01", left: str | None = None) -> dict[str, Any]:
    return {"id_number": number, "name": "示例", "relation": "成员", "joined_on": joined, "left_on": left}


def test_one_batch_or_many_the_warning_is_the_same(desk: Desk) -> None:
    desk.take(household(), bill())
    assert desk.warnings() == {("H1", "illness", 1): ("open", ["m-1"])}
    desk.take(bill(), bill())
    assert [event["type"] for event in desk.events()] == ["HouseholdRegistered", "SignalRecorded", "WarningRaised"]


def test_records_about_an_area_or_a_department_are_stored_and_belong_to_no_household(desk: Desk) -> None:
    slugs = [slug for slug, feed in FEEDS.items() if feed.role == "county"]
    desk.take(household(), *(SAMPLES[slug].raw(slug) for slug in slugs))
    withdrawn = SAMPLES["nil-return"].raw("nil-return", revision=2, status="withdrawn")
    desk.take(SAMPLES["nil-return"].raw("nil-return"), withdrawn)
    rows = desk.conn.execute(
        "SELECT feed, revision, is_current, outcome, household_id FROM signal WHERE feed = ANY(%s)", (slugs,)
    )
    assert sorted(rows.fetchall()) == [
        ("area-event", 1, True, "matched", None),
        ("epidemic-area", 1, True, "matched", None),
        ("nil-return", 1, False, "matched", None),
        ("nil-return", 2, True, "matched", None),
    ]
    assert [event["type"] for event in desk.events()] == ["HouseholdRegistered"]
    assert desk.exceptions() == []


def test_a_family_under_another_countys_village_stays_in_its_own_county(desk: Desk) -> None:
    desk.take(household(village_code="410922100201"), bill())
    assert [event["village_code"] for event in desk.events("HouseholdRegistered", "WarningRaised")] == [
        "530925000000"
    ] * 2
    assert desk.conn.execute("SELECT village_code, county_code FROM village_register").fetchall() == [
        ("530925000000", "530925")
    ]
    notes = desk.conn.execute("SELECT outcome, notes FROM signal WHERE feed = 'household-register'").fetchall()
    assert notes == [("matched", ["VILLAGE_OTHER_COUNTY"])]
    desk.take(household(revision=2))
    assert [event["village_code"] for event in desk.events("HouseholdChanged")] == ["530925101201"]


def test_every_fact_is_kept_in_its_households_history(desk: Desk) -> None:
    slugs = [slug for slug, feed in FEEDS.items() if feed.role == "fact"]
    desk.take(*(SAMPLES[slug].raw(slug) for slug in slugs))
    desk.take(household())
    assert sorted(event["feed"] for event in desk.events("SignalRecorded")) == sorted(slugs)
    assert {row[0] for row in desk.conn.execute("SELECT outcome FROM signal WHERE feed = ANY(%s)", (slugs,))} == {
        "matched"
    }


def test_sequences_have_no_gaps_and_evidence_grows_and_shrinks(desk: Desk) -> None:
    desk.take(household(), bill())
    desk.take(bill("m-2", "7000.00"))
    desk.take(bill("m-2", "7000.00", revision=2, status="withdrawn"))
    desk.take(bill("m-1", "100.00", revision=2))
    kinds = [event["type"] for event in desk.events() if event["type"].startswith("Warning")]
    assert kinds == ["WarningRaised", "WarningGrew", "WarningShrank", "WarningWithdrawn"]
    assert [event["sequence"] for event in desk.events()] == list(range(1, len(desk.events()) + 1))
    desk.take(bill("m-1", "9000.00", revision=3))
    assert desk.warnings() == {("H1", "illness", 1): ("open", ["m-1"])}


def test_the_same_content_under_a_higher_revision_in_one_batch_is_not_lost(desk: Desk) -> None:
    desk.take(household(), bill(), bill(revision=2))
    assert desk.warnings() == {("H1", "illness", 1): ("open", ["m-1"])}


def test_the_same_content_again_in_the_batch_of_its_register_is_matched(desk: Desk) -> None:
    desk.take(bill())
    desk.take(household(), bill(revision=2))
    assert desk.warnings() == {("H1", "illness", 1): ("open", ["m-1"])}
    assert desk.exceptions() == [("UNMATCHED", "open"), ("UNMATCHED", "resolved")]


def test_F16_F17_a_revision_used_twice(desk: Desk) -> None:
    desk.take(household(), bill())
    desk.take(bill())
    desk.take(bill(self_paid="1.00"))
    assert desk.exceptions() == [("ID_REUSED", "open")]
    assert desk.warnings() == {("H1", "illness", 1): ("open", ["m-1"])}


def test_F19_a_withdrawal_before_its_record(desk: Desk) -> None:
    desk.take(household(), bill(revision=2, status="withdrawn"))
    desk.take(bill())
    assert desk.warnings() == {}


@pytest.mark.parametrize("together", [False, True])
def test_a_record_that_comes_after_its_withdrawal_is_told_as_new(desk: Desk, together: bool) -> None:
    desk.take(household())
    rest = [bill(revision=2, status="withdrawn"), bill(revision=3)]
    for raws in [rest] if together else [[one] for one in rest]:
        desk.take(*raws)
    assert [event["type"] for event in desk.events()] == ["HouseholdRegistered", "SignalRecorded", "WarningRaised"]


@pytest.mark.parametrize("together", [False, True])
def test_a_record_withdrawn_and_sent_again_is_told_each_time(desk: Desk, together: bool) -> None:
    desk.take(household())
    rest = [bill(revision=1), bill(revision=2, status="withdrawn"), bill(revision=3)]
    for raws in [rest] if together else [[one] for one in rest]:
        desk.take(*raws)
    told = [event["type"] for event in desk.events() if event["type"].startswith("Signal")]
    assert told == ["SignalRecorded", "SignalWithdrawn", "SignalCorrected"]


def test_F20_an_older_correction_is_kept_without_effect(desk: Desk) -> None:
    desk.take(household(), bill(revision=3))
    desk.take(bill(self_paid="1.00", revision=2))
    assert desk.warnings() == {("H1", "illness", 1): ("open", ["m-1"])}
    assert desk.conn.execute("SELECT count(*) FROM signal WHERE feed = 'medical-expense'").fetchone() == (2,)


def test_F6_an_unmatched_record_is_matched_when_the_register_grows(desk: Desk) -> None:
    desk.take(bill())
    assert desk.exceptions() == [("UNMATCHED", "open")]
    desk.take(household())
    assert desk.exceptions() == [("UNMATCHED", "open"), ("UNMATCHED", "resolved")]
    assert desk.warnings() == {("H1", "illness", 1): ("open", ["m-1"])}


def test_F7_a_person_of_two_households(desk: Desk) -> None:
    desk.take(household(), bill())
    desk.take(household("H2", "r-2"))
    assert desk.warnings() == {("H1", "illness", 1): ("withdrawn", [])}
    assert ("HH_CONFLICT", "open") in desk.exceptions()
    desk.take(household("H2", "r-2", [member(OTHER)], revision=2))
    assert desk.warnings() == {("H1", "illness", 1): ("open", ["m-1"])}
    assert ("HH_CONFLICT", "resolved") in desk.exceptions()


def test_facts_stay_with_the_household_of_their_own_date(desk: Desk) -> None:
    desk.take(household(members=[member(PERSON), member(CHILD)]), household("H2", "r-2", [member(OTHER)]), bill())
    moved = {"occurred_on": "2021-11-01", "reported_at": "2021-11-02T09:00:00+08:00"}
    desk.take(
        household("H1", "r-3", [member(CHILD)], **moved),
        household("H2", "r-4", [member(OTHER), member(PERSON, "2021-11-01")], **moved),
    )
    assert desk.warnings() == {("H1", "illness", 1): ("open", ["m-1"])}
    desk.take(bill("m-2", admitted_on="2021-11-02", settled_on="2021-11-10", reported_at="2021-11-12T09:00:00+08:00"))
    assert desk.warnings()["H2", "illness", 1] == ("open", ["m-2"])


def test_a_finding_ends_the_episode_and_only_later_evidence_begins_the_next(desk: Desk) -> None:
    desk.take(household(), bill())
    desk.take(finding("illness", "not-confirmed"))
    desk.take(bill(), bill("m-2", "7000.00"))
    assert desk.warnings() == {
        ("H1", "illness", 1): ("dismissed", ["m-1"]),
        ("H1", "illness", 2): ("open", ["m-2"]),
    }
    desk.take(finding("illness", "confirmed", "f-2"))
    assert [event["effective"] for event in desk.events("FindingRecorded")] == [True, False]


def test_a_later_finding_replaces_the_earlier(desk: Desk) -> None:
    desk.take(household(), bill())
    desk.take(finding("illness", "not-confirmed"))
    desk.take(finding("illness", "confirmed", "f-2"))
    assert desk.warnings() == {("H1", "illness", 1): ("verified", ["m-1"])}


@pytest.mark.parametrize("status", ["not-confirmed", "confirmed"])
def test_a_finding_is_withdrawn_by_the_common_fields_alone(desk: Desk, status: str) -> None:
    desk.take(household(), bill())
    desk.take(finding("illness", status))
    more = {"reported_at": "2021-11-02T09:00:00+08:00", "occurred_on": "2021-11-01", "subject": {}}
    desk.take(common("finding", "f-1", revision=2, status="withdrawn", **more))
    assert desk.warnings() == {("H1", "illness", 1): ("open", ["m-1"])}
    told = [(event["result"], event["status"], event["effective"]) for event in desk.events("FindingRecorded")]
    assert told[1:] == [("withdrawn", "open", True)]
    desk.take(common("finding", "f-1", revision=3, status="withdrawn", **more))
    assert len(desk.events("FindingRecorded")) == 2


def test_a_finding_that_is_corrected_to_another_warning_leaves_the_first(desk: Desk) -> None:
    desk.take(household(), bill(), {**work("2021-11-01"), "situation": "unstable"})
    desk.take(finding("illness", "not-confirmed"))
    desk.take({**finding("unemployment", "not-confirmed"), "revision": 2})
    assert desk.warnings() == {
        ("H1", "illness", 1): ("open", ["m-1"]),
        ("H1", "unemployment", 1): ("dismissed", ["u-1"]),
    }


def test_a_finding_about_no_warning_is_an_exception_until_it_is_corrected(desk: Desk) -> None:
    desk.take(household(), bill())
    desk.take(finding("housing", "confirmed"))
    assert desk.exceptions() == [("UNMATCHED", "open")]
    desk.take({**finding("illness", "confirmed"), "revision": 2})
    assert desk.exceptions() == [("UNMATCHED", "open"), ("UNMATCHED", "resolved")]
    assert desk.warnings() == {("H1", "illness", 1): ("verified", ["m-1"])}


def work(last: str) -> dict[str, Any]:
    own = {"situation": "not-resumed", "migrant": True, "last_worked_on": last}
    times = {"reported_at": "2021-12-01T09:00:00+08:00"}
    return common("unemployment", "u-1", subject={"id_number": PERSON}, **own, **times)


def test_one_month_comes_true_by_the_clock_alone_and_a_clock_set_back_takes_it_away(desk: Desk) -> None:
    desk.take(household(), work("2021-11-10"))
    assert desk.warnings() == {}
    desk.take(clock("2021-12-09", "c-2"))
    assert desk.warnings() == {}
    desk.take(clock("2021-12-10", "c-3"))
    assert desk.warnings() == {("H1", "unemployment", 1): ("open", ["u-1"])}
    desk.take(clock("2021-12-10", "c-3", revision=2, status="withdrawn"))
    assert desk.warnings() == {("H1", "unemployment", 1): ("withdrawn", [])}


def test_a_jump_of_the_clock_must_be_confirmed(desk: Desk) -> None:
    desk.take(clock("2022-02-01", "c-2"))
    assert desk.exceptions() == [("CLOCK_JUMP", "open")]
    desk.take(clock("2022-02-01", "c-3", confirmed=True))
    assert desk.conn.execute("SELECT civil_date::text FROM county").fetchone() == ("2022-02-01",)


@pytest.mark.parametrize("together", [True, False])
def test_each_step_of_the_clock_is_judged_by_the_step_before(desk: Desk, together: bool) -> None:
    steps = [clock("2021-12-31", "c-2"), clock("2022-01-31", "c-3"), clock("2022-03-04", "c-4")]
    for raws in [steps] if together else [[one] for one in steps]:
        desk.take(*raws)
    assert desk.exceptions() == [("CLOCK_JUMP", "open")]
    assert desk.conn.execute("SELECT civil_date::text FROM county").fetchone() == ("2022-01-31",)


def test_a_first_date_is_taken_and_what_jumps_from_it_in_the_same_batch_is_not(desk: Desk) -> None:
    other = {"county_code": "410922"}
    desk.take(clock("2021-10-01", "q-1", **other), clock("2030-01-01", "q-2", **other))
    assert desk.exceptions() == [("CLOCK_JUMP", "open")]


def test_who_has_the_county_later_records_later(desk: Desk, fresh_database: str) -> None:
    """Of two batches that began in one order and got the county in the other, the last word is the later one's."""
    with psycopg.connect(fresh_database, autocommit=True) as look, ThreadPoolExecutor(1) as threads:
        desk.conn.execute("SELECT 1 FROM county WHERE county_code = '530925' FOR UPDATE")
        with database.connect(fresh_database) as conn:
            other = Desk(conn)
            taken = threads.submit(other.take, household())
            waiting = (
                "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'"
            )
            while look.execute(waiting).fetchone() == (0,):
                assert not taken.done()
            (before,) = look.execute("SELECT clock_timestamp()").fetchone() or ()
            desk.conn.rollback()
            taken.result(60)
            assert [event["recorded_at"] > before for event in other.events()] == [True]


def test_facts_whose_key_was_shredded_stay_as_they_are_and_stop_nobody(desk: Desk) -> None:
    desk.take(household(), bill())
    desk.conn.execute("DELETE FROM vault_salt")
    desk.conn.commit()
    desk.take(household(revision=2, grid="二组"))
    desk.take(bill("m-2"))  # a new key for the same person, which does not open what was sealed before
    desk.take(household(revision=3, grid="三组"))
    assert desk.warnings() == {("H1", "illness", 1): ("open", ["m-1", "m-2"])}


def test_stock_is_marked(desk: Desk) -> None:
    desk.take(household())
    desk.take(bill(), baseline=True)
    desk.take(bill("m-2"))
    assert [event["stock"] for event in desk.events("WarningRaised", "WarningGrew")] == [True, False]


def test_due_on_is_the_villages_next_day(desk: Desk) -> None:
    desk.take({**clock("2021-12-25"), "county_code": "410922"})
    other = {"county_code": "410922"}
    desk.take({**household(), **other}, {**bill(), **other})
    assert [str(event["due_on"]) for event in desk.events("WarningRaised")] == ["2022-01-25"]


def test_nothing_of_a_person_is_in_the_clear(desk: Desk) -> None:
    desk.take(household(), bill(diagnosis="胃溃疡"))
    stored = b"".join(one.value for one in desk.broker.published)
    tables = ("signal", "register_state", "risk_state", "outgoing", "membership")
    for table in tables:
        for row in desk.conn.execute(f"SELECT {table}::text FROM {table}"):
            stored += row[0].encode()
    for canary in (PERSON, "示例甲", "胃溃疡", "6234.50"):
        assert canary.encode() not in stored
        assert canary.encode().hex().encode() not in stored


GOOD = Desk.message(bill()).value or b""


@pytest.mark.parametrize(
    ("value", "code"),
    [
        pytest.param(None, "NULL_VALUE", id="V1-tombstone"),
        pytest.param(b"", "NULL_VALUE", id="V1-empty"),
        pytest.param(b"\x01" + GOOD[1:], "WIRE", id="V2-magic"),
        pytest.param(b"\x00\x00", "WIRE", id="V2-short"),
        pytest.param(b"\x00\x00\x00\x27\x10" + GOOD[5:], "SCHEMA_UNKNOWN", id="V3-unknown"),
        pytest.param(avro.encode("hub.exceptions", _ := {
            "exception_id": "x", "status": "open", "feed": "f", "county_code": "530925", "code": "C",
            "message": "m", "recorded_at": NOW,
        }), "SCHEMA_UNKNOWN", id="V3-other-subject"),
        pytest.param(GOOD[:5] + b"\xfe\xff\xff\xff\xff\xff\xff\x7f", "DECODE", id="V6-long-string"),
        pytest.param(GOOD[:5] + b"\x09", "DECODE", id="V6-negative-length"),
        pytest.param(GOOD[:5] + b"\x02a\x02\x0e", "DECODE", id="V7-enum-out-of-range"),
        pytest.param(GOOD[:5] + b"\xff" * 20, "DECODE", id="V8-long-varint"),
        pytest.param(GOOD[:5] + b"\x04\xff\xfe" + GOOD[9:], "DECODE", id="V9-invalid-utf8"),
        pytest.param(GOOD + b"\x00", "TRAILING", id="V10-trailing"),
        pytest.param(GOOD[:-3], "DECODE", id="V12-truncated"),
    ],
)  # fmt: skip
def test_V_one_bad_message_is_quarantined_and_the_rest_goes_on(desk: Desk, value: bytes | None, code: str) -> None:
    desk.take(household(), Arrived("feed.medical-expense", value), bill("m-9"))
    assert desk.exceptions() == [(code, "open")]
    assert desk.warnings() == {("H1", "illness", 1): ("open", ["m-9"])}


@pytest.mark.parametrize("record_id", ["a\0b", "x" * 65, f"YB{PERSON}"])
def test_F22_a_record_id_that_is_none_is_not_told_in_the_clear(desk: Desk, record_id: str) -> None:
    """With NUL it stopped every reader of `hub.exceptions` for good."""
    _, datum = avro.decode(GOOD)
    desk.take(
        household(),
        Arrived("feed.medical-expense", avro.encode("feed.medical-expense", {**datum, "record_id": record_id})),
    )
    (refused,) = [avro.decode(one.value)[1] for one in desk.broker.published if one.topic == "hub.exceptions"]
    assert refused["record_id"] is None


def test_V15_the_key_is_the_county(desk: Desk) -> None:
    desk.take(
        household(), Arrived("feed.medical-expense", GOOD, b"410922"), Arrived("feed.medical-expense", GOOD, None)
    )
    assert desk.exceptions() == [("KEY_MISMATCH", "open"), ("KEY_MISMATCH", "open")]


def test_a_person_known_in_another_county_leaves_that_countys_warnings_alone(desk: Desk) -> None:
    """The other county is not locked and its date is not known: a batch of one county touches nothing of another."""
    there = {"county_code": "410922", "village_code": "410922100201"}
    desk.take(household(), bill())
    desk.take(household("T1", "t-1", **there))
    assert desk.warnings() == {("H1", "illness", 1): ("open", ["m-1"])}
    assert desk.exceptions() == []
