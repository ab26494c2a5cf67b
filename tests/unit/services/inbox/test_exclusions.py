"""The pre-check sheet from a household's history: what was corrected, taken back and moved, and who is waited for."""

import json
from datetime import date
from typing import Any

from fangpin.domain.feeds import FEEDS
from fangpin.domain.records import content_json, parse_record
from fangpin.policies import load_book
from services.inbox.exclusions import answers, overrides, sheet
from services.inbox.reading import content
from tests.records import NOW, PERSON, common, without_feed

PACK = load_book().packs["shuangjiang-2021"]


def event(sequence: int, kind: str, record_id: str, situation: int, answer: str, **more: Any) -> dict[str, Any]:
    source = more.pop("source", "township")
    subject = {"household_no": "H1"}
    raw = common("exclusion-answer", record_id, subject=subject, situation=situation, answer=answer)
    record = parse_record(FEEDS["exclusion-answer"], without_feed(raw | {"answered_on": "2021-10-08"} | more), now=NOW)
    data = {
        "feed": record.feed,
        "source": source,
        "record_id": record_id,
        "content": content(json.loads(content_json(record))),
    }
    return {"sequence": sequence, "type": f"Signal{kind}", "valid_on": record.occurred_on.isoformat(), "data": data}


def row(number: int, events: list[dict[str, Any]], warnings: Any = (), persons: Any = None) -> dict[str, Any]:
    found: dict[str, Any] = sheet(PACK, warnings, answers(events, persons or {}))["rows"][number - 1]
    return found


def test_all_ten_in_the_documents_order_with_whom_they_wait_for() -> None:
    warnings = [
        {"status": "withdrawn", "since": date(2021, 10, 1)},
        {"status": "verified", "since": date(2021, 10, 20)},
        {"status": "open", "since": date(2021, 10, 25)},
    ]
    found = sheet(PACK, warnings, [])
    assert [one["number"] for one in found["rows"]] == list(range(1, 11))
    assert found["counts"] == {"clear": 0, "hit": 0, "unanswered": 10}
    day = date(2021, 10, 20)
    assert found["rows"][7]["waiting"] == [
        {"department": "公安局", "looking": False, "since": day},
        {"department": "村", "looking": False, "since": day},
    ]
    assert sheet(PACK, [], [])["rows"][7]["waiting"][0]["since"] is None


def test_a_correction_replaces_the_answer_and_may_move_it_to_another_situation() -> None:
    events = [event(1, "Recorded", "x-1", 2, "hit"), event(2, "Corrected", "x-1", 2, "clear")]
    assert row(2, events)["state"] == "clear"
    events.append(event(3, "Corrected", "x-1", 3, "hit"))
    assert row(2, events)["state"] == "unanswered"
    assert row(3, events)["state"] == "hit"


def test_a_corrected_day_changes_which_answer_is_the_latest() -> None:
    events = [
        event(1, "Recorded", "x-1", 2, "hit"),
        event(2, "Recorded", "x-2", 2, "clear", answered_on="2021-10-09"),
        event(3, "Corrected", "x-1", 2, "hit", answered_on="2021-10-10"),
    ]
    assert row(2, events[:2])["state"] == "clear"
    assert row(2, events)["state"] == "hit"


def test_what_is_taken_back_or_belongs_to_another_household_leaves_the_answer_before() -> None:
    before = [event(1, "Recorded", "x-1", 2, "clear"), event(2, "Recorded", "x-2", 2, "hit", answered_on="2021-10-09")]
    assert row(2, before)["state"] == "hit"
    for kind in ("Withdrawn", "Moved"):
        gone = [*before, event(3, kind, "x-2", 2, "hit", answered_on="2021-10-09")]
        assert row(2, gone)["state"] == "clear"
        assert row(2, [*gone, event(4, kind, "x-1", 2, "clear")])["state"] == "unanswered"


def test_two_departments_records_with_one_number_are_two() -> None:
    events = [
        event(1, "Recorded", "x-1", 8, "hit", source="public-security"),
        event(2, "Recorded", "x-1", 8, "clear", source="village", answered_on="2021-10-09"),
    ]
    assert row(8, events)["disputed"]
    assert [one["department"] for one in row(8, events)["answers"]] == ["村", "公安局"]


def test_situation_nine_says_of_whom_it_is_and_that_it_is_of_the_person_alone() -> None:
    who = {"subject": {"id_number": PERSON, "name": "示例甲"}, "person_only": True, "source": "public-security"}
    found = row(9, [event(1, "Recorded", "x-1", 9, "hit", detail="服刑", **who)], persons={1: "a"})
    assert found["person_only"]
    assert found["answers"] == [
        {
            "department": "公安局",
            "answered_on": date(2021, 10, 8),
            "answer": "有",
            "whom": "示例甲",
            "person_only": True,
            "detail": "服刑",
        }
    ]
    assert found["waiting"] == [{"department": "民政局", "looking": False, "since": None}]


def test_an_answer_that_can_no_longer_be_opened_is_no_answer() -> None:
    shredded = event(1, "Recorded", "x-1", 2, "hit")
    shredded["data"]["content"] = content({})
    assert row(2, [shredded])["state"] == "unanswered"


def test_a_reason_to_the_contrary_until_it_is_withdrawn() -> None:
    def decided(sequence: int, kind: str, reason: str) -> dict[str, Any]:
        said = {"situation": 2, "reason": reason, "decided_by": "county-530925"}
        data = {"feed": "exclusion-override", "source": "county", "record_id": "o-1", "content": said}
        return {"sequence": sequence, "type": kind, "valid_on": "2021-10-20", "data": data}

    events = [event(1, "Recorded", "x-1", 2, "hit"), decided(2, "ExclusionOverridden", "已离任")]
    found = sheet(PACK, [], answers(events, {}), overrides(events))
    assert (found["overridden"], found["counts"]["hit"]) == (1, 1)
    assert found["rows"][1]["override"].reason == "已离任"
    assert found["rows"][1]["override"].decided_on == date(2021, 10, 20)
    events.append(decided(3, "ExclusionOverridden", "已离任，有文件"))
    assert [one.reason for one in overrides(events)] == ["已离任，有文件"]
    events.append(decided(4, "ExclusionOverrideWithdrawn", "文件有误"))
    assert overrides(events) == []
    assert sheet(PACK, [], answers(events, {}), [])["overridden"] == 0
