"""Villages number their records by themselves: an id that another village has used loses and overwrites nothing."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from fangpin import avro, database
from services.cli.replaying import find, record
from tests.feed_samples import SAMPLES
from tests.integration.services.test_area import upload
from tests.records import NOW, OTHER, PERSON, household, without_feed

if TYPE_CHECKING:
    from tests.integration.services.conftest import Hub
    from tests.integration.services.flow import Flow

FIRST, SECOND = "village-530925-1", "village-530925-2"
REFUSED = ("quarantined", "ID_REUSED")


@pytest.fixture
def villages(hub: Hub, flow: Flow) -> Hub:
    """H1 with PERSON in the first officer's village, H2 with OTHER in the second's."""
    for number, person, village in (("H1", PERSON, "530925101201"), ("H2", OTHER, "530925101202")):
        members = [{"id_number": person, "name": "示例甲", "relation": "户主", "joined_on": "2010-01-01"}]
        raw = household(number, f"r-{number}", members, village_code=village)
        hub.send("household-register", [without_feed(raw)], "rural-revitalisation")
    flow.day_comes("2021-11-01")
    return hub


def send(hub: Hub, officer: str, number: str | None, feed: str = "house-defect", **more: Any) -> tuple[Any, Any]:
    """An upload of the record "r-1" about a household (none: about no household), and whose it is."""
    about = {} if number is None else {"subject": {"household_no": number}}
    raw = without_feed(SAMPLES[feed].raw(feed, **about, **more))
    headers = hub.officer(officer)
    return hub.client.post(f"/api/v1/feeds/{feed}/records", json={"records": [raw]}, headers=headers), headers


def outcome(flow: Flow, sent: tuple[Any, Any]) -> tuple[str, str | None]:
    (one,) = flow.outcomes(*sent)
    return one["outcome"], one.get("code") or one.get("household_no")


def history(hub: Hub, number: str) -> list[str]:
    headers = hub.officer("county-530925")
    (found,) = hub.client.get(f"/api/v1/households?household_no={number}", headers=headers).json()["items"]
    events = hub.client.get(f"/api/v1/households/{found['household_id']}/history", headers=headers).json()["events"]
    return [one["type"] for one in events]


@pytest.mark.parametrize("more", [{}, {"revision": 2}, {"revision": 2, "status": "withdrawn"}])
def test_another_village_s_record_is_told_apart_whatever_its_revision(
    villages: Hub, flow: Flow, more: dict[str, Any]
) -> None:
    assert outcome(flow, send(villages, FIRST, "H1")) == ("matched", "H1")
    before = history(villages, "H1")
    assert before[1:] == ["SignalRecorded", "WarningRaised"]
    assert outcome(flow, send(villages, SECOND, "H2", **more)) == REFUSED
    assert history(villages, "H1") == before
    assert outcome(flow, send(villages, SECOND, "H2", record_id="202-1")) == ("matched", "H2")
    with database.connect(villages.database) as conn:
        (message,) = conn.execute("SELECT message FROM quarantine").fetchone() or ("",)
    assert "另一村（乡镇）已经用过" in message


def test_both_in_one_batch_and_the_first_is_corrected_by_its_own(villages: Hub, flow: Flow) -> None:
    first, second = send(villages, FIRST, "H1"), send(villages, SECOND, "H2", revision=7)
    assert [outcome(flow, one) for one in (first, second)] == [("matched", "H1"), REFUSED]
    assert outcome(flow, send(villages, FIRST, "H1", revision=2, defect="unsafe")) == ("matched", "H1")
    assert "SignalCorrected" in history(villages, "H1")


def test_a_nil_return_of_another_village_is_no_duplicate(villages: Hub, flow: Flow) -> None:
    assert outcome(flow, send(villages, FIRST, None, "nil-return"))[0] == "matched"
    assert outcome(flow, send(villages, FIRST, None, "nil-return"))[0] == "duplicate"
    assert outcome(flow, send(villages, SECOND, None, "nil-return")) == REFUSED


def test_ticket_numbers_of_two_villages_in_files_without_ids(villages: Hub, flow: Flow) -> None:
    row = {name: text for name, text in SAMPLES["self-report"].row().items() if name not in ("身份证号", "修订号")}
    for officer, number, wanted in ((FIRST, "H1", ("matched", "H1")), (SECOND, "H2", REFUSED)):
        answer = upload(villages, officer, "self-report", {**row, "户编号": number})
        assert outcome(flow, (answer, villages.officer(officer))) == wanted


def test_the_same_id_of_a_township_and_of_a_village_are_two_records(villages: Hub, flow: Flow) -> None:
    for officer in (FIRST, "township-530925"):
        assert outcome(flow, send(villages, officer, "H1", "suspected-household")) == ("matched", "H1")


def test_a_replayed_exception_is_still_its_area_s(villages: Hub, flow: Flow) -> None:
    outcome(flow, send(villages, FIRST, "H1"))
    refused = send(villages, SECOND, "H2", revision=2)
    assert outcome(flow, refused) == REFUSED
    with database.connect(villages.database) as conn:
        (stored,) = find(conn, flow.vault, code="ID_REUSED")
    before = history(villages, "H1")
    villages.producer.records.append(record(stored, flow.vault, NOW))
    flow.settle()
    assert history(villages, "H1") == before
    assert avro.decode(villages.producer.records[-1].value)[1]["revision"] == 2
