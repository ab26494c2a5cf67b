"""A county's policy pack from its proposal to its first warnings: two persons, a date, and what is judged again."""

from collections.abc import Iterator
from datetime import date
from typing import Any

import pytest

from consumers.correlator import revaluation
from fangpin import avro, database
from fangpin.domain.policy.apart import Parting
from tests.desk import Desk
from tests.packs import OWN, approval, cases_text, pack_text, proposal
from tests.records import OTHER, PERSON, bill, common, household

NEXT = "shuangjiang-2022"


@pytest.fixture
def desk(fresh_database: str) -> Iterator[Desk]:
    """H1 with a stay of 6234.50 and H2 with one of 5500.00, both in October 2021; it is 1 December."""
    with database.connect(fresh_database) as conn:
        found = Desk(conn)
        people = [{"id_number": OTHER, "name": "示例乙", "relation": "户主", "joined_on": "2010-01-01"}]
        found.take(tick("2021-12-01"), household(), household("H2", "r-2", people))
        found.take(bill(), bill("m-2", "5500.00", subject={"id_number": OTHER}))
        yield found


def tick(day: str, record_id: str | None = None, **more: Any) -> dict[str, Any]:
    return common("clock", record_id or f"c-{day}", date=day, reported_at="2021-12-01T08:00:00+08:00", **more)


def county_events(desk: Desk) -> list[tuple[str, dict[str, Any]]]:
    found = [avro.decode(one.value) for one in desk.broker.published if one.topic == "county.events"]
    return [(name.removeprefix("county."), datum) for name, datum in found if "Policy" in name]


def warned(desk: Desk) -> dict[str, tuple[str, list[str]]]:
    return {number: found for (number, risk, _), found in desk.warnings().items() if risk == "illness"}


def test_a_lower_line_from_before_takes_in_what_was_below_the_old_one(desk: Desk) -> None:
    asked = proposal(pack_text(5000, valid_from="2021-09-28"), "2021-12-20")
    desk.take(asked)
    desk.take(approval(asked))
    desk.take(tick("2021-12-19"))
    assert (county_events(desk), set(warned(desk))) == ([], {"H1"})
    desk.take(tick("2021-12-20"))
    ((kind, event),) = county_events(desk)
    assert kind == "PolicyActivated"
    assert (event["pack"], event["proposed_by"], event["approved_by"]) == (NEXT, "county-530925", "operator")
    assert (event["reason"], str(event["valid_on"])) == ("新文件印发", "2021-12-20")
    assert warned(desk) == {"H1": ("open", ["m-1"]), "H2": ("open", ["m-2"])}
    told = sorted((one["type"], one["reason"], one["pack"]) for one in desk.events() if one.get("reason"))
    assert told == [("WarningChanged", f"policy:{NEXT}", NEXT), ("WarningRaised", f"policy:{NEXT}", NEXT)]


def test_a_higher_line_from_before_withdraws_and_says_why(desk: Desk) -> None:
    asked = proposal(pack_text(7000, valid_from="2021-09-28"), "2021-12-01")
    desk.take(asked, approval(asked))  # the date has come: at once
    assert warned(desk) == {"H1": ("withdrawn", [])}
    assert [one["reason"] for one in desk.events("WarningWithdrawn")] == [f"policy:{NEXT}"]


def test_an_old_case_still_evaluates_under_the_policy_of_its_date(desk: Desk) -> None:
    asked = proposal(pack_text(7000))
    desk.take(asked)
    desk.take(approval(asked))
    desk.take(tick("2022-01-01"))
    late = {"admitted_on": "2021-12-20", "settled_on": "2021-12-31", "reported_at": "2022-01-03T08:00:00+08:00"}
    new = {"admitted_on": "2021-12-20", "settled_on": "2022-01-01", "reported_at": "2022-01-03T08:00:00+08:00"}
    desk.take(bill("m-3", **late), bill("m-4", **new), bill("m-5", "7000.00", **new))
    assert warned(desk)["H1"] == ("open", ["m-1", "m-3", "m-5"])
    rules = {one["record_id"]: one["rules"][0]["pack"] for one in desk.events("WarningGrew")[-1]["evidence"]}
    assert rules == {"m-1": OWN, "m-3": OWN, "m-5": NEXT}


def test_what_waits_for_its_day_is_judged_by_the_pack_of_that_day(desk: Desk) -> None:
    idle = {"situation": "not-resumed", "migrant": True, "last_worked_on": "2021-12-10"}
    desk.take(
        common("unemployment", "u-1", subject={"id_number": PERSON}, **idle)
        | {"reported_at": "2021-12-11T10:00:00+08:00"}
    )
    asked = proposal(pack_text())
    desk.take(asked, approval(asked), tick("2022-01-01"))
    desk.take(tick("2022-01-10"))
    (raised,) = [one for one in desk.events("WarningRaised") if one["risk"] == "unemployment"]
    assert raised["pack"] == NEXT


def test_a_boundary_table_that_does_not_prove_its_pack_is_quarantined(desk: Desk) -> None:
    table = cases_text(5000, first="2021-09-28")
    asked = proposal(pack_text(5000, valid_from="2021-09-28"), "2021-12-01", cases=table)
    gap = table.replace('    - {fact: {self_paid: "4999.99"}, met: false}\n', "")
    desk.take({**asked, "cases": gap})
    (told,) = [avro.decode(one.value)[1] for one in desk.broker.published if one.topic == "hub.exceptions"]
    assert (told["code"], told["field"]) == ("POLICY_INVALID", "cases")
    assert "缺少刚低于界线（差 0.01 元）的案例" in told["message"]
    desk.take({**asked, "revision": 2}, {**approval(asked)})
    assert [kind for kind, _ in county_events(desk)] == ["PolicyActivated"]


def noted(desk: Desk, record_id: str) -> list[str]:
    (notes,) = desk.conn.execute("SELECT notes FROM signal WHERE record_id = %s", (record_id,)).fetchone()
    desk.conn.commit()
    return list(notes)


def test_what_is_noted_of_an_older_fact_is_renewed_when_a_pack_reaches_back(desk: Desk) -> None:
    early = {"admitted_on": "2021-08-30", "settled_on": "2021-09-10", "subject": {"id_number": PERSON, "name": "别名"}}
    tended = {"stage": "senior", "school": "一中", "school_kind": "public", "burden_high": False, "school_year": "2021"}
    desk.take(
        bill("m-0", "5800.00", **early),
        common("education-cost", "e-0", subject={"id_number": PERSON}, reported_on="2021-09-10", **tended),
    )
    assert noted(desk, "m-0") == ["NAME_DIFF", "NO_POLICY"]
    assert noted(desk, "e-0") == ["NO_POLICY"]
    asked = proposal(pack_text(5000, valid_from="2021-09-01"), "2021-12-01")
    desk.take(asked, approval(asked))
    assert "m-0" in warned(desk)["H1"][1]
    assert noted(desk, "m-0") == ["NAME_DIFF"]
    assert noted(desk, "e-0") == [], "also of a feed for which the pack has no rule"


@pytest.mark.parametrize(
    ("changed", "code"),
    [
        ({"approved_by": "county-530925"}, "SAME_PERSON"),
        ({"digest": "0" * 64}, "PROPOSAL_CHANGED"),
        ({"proposal": "p-9"}, "PROPOSAL_UNKNOWN"),
    ],
)
def test_an_approval_that_is_none_is_quarantined(desk: Desk, changed: dict[str, str], code: str) -> None:
    asked = proposal(pack_text(5000, valid_from="2021-09-28"), "2021-12-01")
    desk.take(asked)
    desk.take({**approval(asked), **changed})
    assert desk.exceptions() == [(code, "open")]
    assert (county_events(desk), set(warned(desk))) == ([], {"H1"})


@pytest.mark.parametrize(
    "content",
    [
        "id: x",
        pack_text().replace(
            "6000 元以上（含）", "7000 元以上（含）", 1
        ),  # the number no longer stands in its quotation
        pack_text(pack=OWN),
        pack_text().replace('county_code: "530925"', 'county_code: "410922"'),
        pack_text(valid_from="2022-01-02"),  # in force before it is valid
        "a: !!set {b}",
    ],
)
def test_a_pack_that_cannot_be_used_is_quarantined(desk: Desk, content: str) -> None:
    desk.take({**proposal(pack_text()), "content": content, "pack": NEXT if OWN not in content[:30] else OWN})
    assert desk.exceptions() == [("POLICY_INVALID", "open")]


def test_an_approval_taken_back_before_the_date_cancels_it(desk: Desk) -> None:
    asked = proposal(pack_text(5000, valid_from="2021-09-28"), "2021-12-20")
    desk.take(asked)
    desk.take(approval(asked))
    desk.take({**approval(asked), "revision": 2, "status": "withdrawn"})
    desk.take(tick("2021-12-20"))
    assert (county_events(desk), desk.exceptions(), set(warned(desk))) == ([], [], {"H1"})


def test_a_corrected_proposal_has_to_be_approved_anew(desk: Desk) -> None:
    asked = proposal(pack_text(5000, valid_from="2021-09-28"), "2021-12-20")
    other = {**proposal(pack_text(5500, valid_from="2021-09-28"), "2021-12-20"), "revision": 2}
    desk.take(asked)
    desk.take(approval(asked))
    desk.take(other)
    desk.take(tick("2021-12-20"))
    assert county_events(desk) == []
    desk.take(approval(other, "a-2"))
    assert [kind for kind, _ in county_events(desk)] == ["PolicyActivated"]
    assert set(warned(desk)) == {"H1", "H2"}


@pytest.mark.parametrize("late", ["proposal", "approval"])
def test_what_is_in_force_is_not_taken_back(desk: Desk, late: str) -> None:
    asked = proposal(pack_text(), "2022-01-01")
    given = approval(asked)
    desk.take(asked, given)
    desk.take(tick("2022-01-01"))
    desk.take({**(asked if late == "proposal" else given), "revision": 2, "status": "withdrawn"})
    assert desk.exceptions() == [("POLICY_IN_FORCE", "open")]
    desk.take(asked, given)  # come again: no more than a duplicate
    assert len(desk.exceptions()) == 1
    assert [kind for kind, _ in county_events(desk)] == ["PolicyActivated"]


def test_a_clock_that_is_set_back_takes_the_pack_out_again(desk: Desk) -> None:
    asked = proposal(pack_text(5000, valid_from="2021-09-28"), "2021-12-20")
    desk.take(asked, approval(asked))
    desk.take(tick("2021-12-25"))
    assert set(warned(desk)) == {"H1", "H2"}
    desk.take(tick("2021-12-25", revision=2, status="withdrawn"))
    assert [kind for kind, _ in county_events(desk)] == ["PolicyActivated", "PolicyDeactivated"]
    assert warned(desk) == {"H1": ("open", ["m-1"]), "H2": ("withdrawn", [])}
    assert desk.events("WarningChanged")[-1]["pack"] == OWN


def test_a_finding_stands_whatever_comes_into_force(desk: Desk) -> None:
    (raised,) = desk.events("WarningRaised")
    own = {"warning_id": raised["warning_id"], "result": "already-helped", "visited_on": "2021-11-01"}
    desk.take(common("finding", "f-1", reported_at="2021-11-02T08:00:00+08:00", **own))
    asked = proposal(pack_text(7000, valid_from="2021-09-28"), "2021-12-01")
    desk.take(asked, approval(asked))
    assert warned(desk) == {"H1": ("helped", ["m-1"])}


def test_many_facts_are_judged_in_steps_and_a_crash_between_them_is_made_good(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    desk.take(*(bill(f"n-{number}", "5600.00", subject={"id_number": OTHER}) for number in range(5)))
    monkeypatch.setattr(revaluation, "STEP", 2)
    asked = proposal(pack_text(5000, valid_from="2021-09-28"), "2021-12-01")
    steps = []
    step = revaluation.step

    def failing(*arguments: Any) -> list[str]:
        steps.append(1)
        if len(steps) == 2:
            raise RuntimeError("crash")
        return step(*arguments)

    monkeypatch.setattr(revaluation, "step", failing)
    with pytest.raises(RuntimeError, match="crash"):
        desk.take(asked, approval(asked))
    desk.conn.rollback()
    desk.correlator.recover(desk.conn)
    assert warned(desk)["H2"] == ("open", ["m-2", *(f"n-{number}" for number in range(5))])
    assert len(steps) == 5  # 7 facts: one step before the crash, the one that failed, three after it


def test_a_second_reason_begins_anew_and_keeps_what_the_first_asked_for(desk: Desk) -> None:
    revaluation.ask(desk.conn, "530925", Parting(("income",), date(2021, 5, 1)), "policy:a")
    revaluation.ask(desk.conn, "530925", Parting(("spending",), date(2021, 7, 1)), "policy:b")
    row = desk.conn.execute("SELECT feeds, occurred_from, reason FROM revaluation").fetchone()
    assert row is not None
    assert (sorted(row[0]), row[1], row[2]) == (["income", "spending"], date(2021, 5, 1), "policy:b")
