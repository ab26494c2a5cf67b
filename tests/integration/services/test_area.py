"""Officers send the feeds of villages and townships, for their own area only."""

from __future__ import annotations

import csv
import io
import uuid
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from fangpin import avro, database
from fangpin.vault import Vault, load_or_create_secret
from tests.feed_samples import SAMPLES
from tests.records import CHILD, OTHER, PERSON, without_feed

if TYPE_CHECKING:
    from tests.integration.services.conftest import Hub

OWN, NEIGHBOUR = "530925101201", "530925101202"
VILLAGE, TOWNSHIP = "village-530925-1", "township-530925"


@pytest.fixture
def registered(hub: Hub, tmp_path: Path) -> Hub:
    """H1 with PERSON in the officer's village, H2 with OTHER in the next one; CHILD moved from H2 to H1."""
    vault = Vault(load_or_create_secret(tmp_path / "secrets" / "master.key"))
    with database.connect(hub.database) as conn:
        for number, village, people in (("H1", OWN, (PERSON, CHILD)), ("H2", NEIGHBOUR, (OTHER, CHILD))):
            household = uuid.uuid4()
            conn.execute("INSERT INTO household VALUES (%s, '530925', %s, %s, true, 1)", (household, number, village))
            for person in people:
                conn.execute(
                    "INSERT INTO membership (county_code, person_key, household_id, valid_from, valid_until) "
                    "VALUES ('530925', %s, %s, '2010-01-01', '9999-12-31')",
                    (vault.person_key(person), household),
                )
    return hub


def send(hub: Hub, officer: str, feed: str, **changes: Any) -> tuple[int, str | None]:
    raw = without_feed(SAMPLES[feed].raw(feed, **changes))
    answer = hub.client.post(f"/api/v1/feeds/{feed}/records", json={"records": [raw]}, headers=hub.officer(officer))
    return answer.status_code, answer.json().get("code")


@pytest.mark.parametrize(
    ("subject", "status"),
    [
        ({"household_no": "H1"}, 202),
        ({"household_no": "H2"}, 403),
        ({"household_no": "unknown"}, 202),
        ({"id_number": PERSON}, 202),
        ({"id_number": OTHER}, 403),
        ({"id_number": CHILD}, 202),
        ({"id_number": PERSON, "household_no": "H2"}, 403),
        ({"household_no": "\0"}, 422),
        ({"id_number": "5309"}, 422),
    ],
)
def test_a_village_speaks_for_its_own_households(registered: Hub, subject: dict[str, str], status: int) -> None:
    found = send(registered, VILLAGE, "house-defect", subject=subject)
    assert found == (status, {202: None, 403: "SCOPE", 422: "ALL_REJECTED"}[status])
    if status == 403:
        assert registered.producer.records == []


@pytest.mark.parametrize(
    ("household", "used_by", "status"),
    [("H2", None, 403), ("H2", "village", 403), ("H2", "housing", 202), ("H1", None, 202)],
)
def test_another_number_of_a_household_is_like_its_own(
    registered: Hub, household: str, used_by: str | None, status: int
) -> None:
    """Otherwise the receipt would tell a village the number of a neighbour's household, and warn the neighbour."""
    with database.connect(registered.database) as conn:
        conn.execute(
            "INSERT INTO household_alias SELECT %s, '530925', 'G-7', %s, household_id, '2010-01-01', NULL "
            "FROM household WHERE household_no = %s",
            (uuid.uuid4(), used_by, household),
        )
    assert send(registered, VILLAGE, "house-defect", subject={"household_no": "G-7"})[0] == status


def test_a_township_speaks_for_its_villages(registered: Hub) -> None:
    for number in ("H1", "H2"):
        assert send(registered, TOWNSHIP, "spending", subject={"household_no": number}) == (202, None)
    assert send(registered, TOWNSHIP, "house-defect") == (403, "SCOPE")
    assert send(registered, VILLAGE, "income") == (403, "SCOPE")


@pytest.mark.parametrize(
    ("officer", "area", "status"),
    [
        (VILLAGE, OWN, 202),
        (VILLAGE, NEIGHBOUR, 403),
        (VILLAGE, OWN[:9], 403),
        (TOWNSHIP, NEIGHBOUR, 202),
        (TOWNSHIP, OWN[:6], 403),
    ],
)
def test_events_of_the_own_area(registered: Hub, officer: str, area: str, status: int) -> None:
    assert send(registered, officer, "area-event", area_code=area)[0] == status


def upload(hub: Hub, officer: str, feed: str, row: dict[str, str]) -> Any:
    out = io.StringIO()
    csv.writer(out).writerows((row.keys(), row.values()))
    files = {"file": ("f.csv", out.getvalue().encode())}
    return hub.client.post(f"/api/v1/feeds/{feed}/files", files=files, headers=hub.officer(officer))


def test_files_are_held_to_the_same(registered: Hub) -> None:
    row = SAMPLES["house-defect"].row()
    assert upload(registered, VILLAGE, "house-defect", row).status_code == 202
    foreign = upload(registered, VILLAGE, "house-defect", row | {"户编号": "H2"})
    assert (foreign.status_code, foreign.json()["code"]) == (403, "SCOPE")
    assert len(registered.producer.of("feed.house-defect")) == 1


def test_nil_returns_of_two_villages_are_two_records(registered: Hub) -> None:
    row = SAMPLES["nil-return"].row()
    for officer in (VILLAGE, "village-530925-2", VILLAGE):
        assert upload(registered, officer, "nil-return", row).status_code == 202
    ids = [avro.decode(one.value)[1]["record_id"] for one in registered.producer.of("feed.nil-return")]
    assert ids[0] == ids[2] != ids[1]


def test_every_department_of_a_feed_may_send_it(hub: Hub) -> None:
    for feed, department in (("nil-return", "water"), ("area-event", "commerce"), ("income", "statistics")):
        raw = without_feed(SAMPLES[feed].raw(feed))
        assert hub.send(feed, [raw], department).status_code == 202
    assert (
        hub.send(
            "traffic-accident", [without_feed(SAMPLES["traffic-accident"].raw("traffic-accident"))], "water"
        ).status_code
        == 403
    )
