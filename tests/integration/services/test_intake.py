"""Uploads as JSON, and who may send them."""

from __future__ import annotations

import json
import uuid
from typing import TYPE_CHECKING, Any

import pytest

from fangpin import avro, database
from fangpin.domain.ids import record_key

if TYPE_CHECKING:
    from tests.integration.services.conftest import Hub


def house(number: int, **other: Any) -> dict[str, Any]:
    return {
        "record_id": f"H-{number}",
        "revision": 1,
        "county_code": "530925",
        "reported_at": "2021-11-01T10:00:00+08:00",
        "subject": {"household_no": f"HH-{number}"},
        "house_no": f"HOUSE-NO-{number}",
        "grade": "C",
        "graded_on": "2021-10-20",
        **other,
    }


def test_accepted_records_are_on_the_topic_when_the_answer_comes(hub: Hub) -> None:
    answer = hub.send("dangerous-house", [house(1), house(2, grade="Z")], "housing", baseline="true")
    assert answer.status_code == 202, answer.text
    body = answer.json()
    assert body["accepted"] == 1
    assert [(one["index"], one["code"], one["field"]) for one in body["rejected"]] == [(1, "ENUM", "grade")]
    (sent,) = hub.producer.of("feed.dangerous-house")
    headers = dict(sent.headers)
    assert sent.key == b"530925"
    assert headers["ce_id"].decode() == f"{body['receipt_id']}/0"
    assert headers["ce_source"] == b"urn:fangpin:530925:housing"
    assert headers["ce_baseline"] == b"true"
    assert avro.decode(sent.value, "feed.dangerous-house")[1]["record_id"] == "H-1"
    (refused,) = hub.producer.of("hub.exceptions")
    datum = avro.decode(refused.value)[1]
    assert (datum["code"], datum["record_id"], datum["receipt_index"]) == ("ENUM", "H-2", 1)
    assert b"HOUSE-NO-2" not in refused.value


def test_unknown_field_is_stored_nowhere(hub: Hub) -> None:
    answer = hub.send("dangerous-house", [house(1, role="SECRETVALUE", grade="Z")], "housing")
    assert answer.status_code == 422
    assert answer.headers["content-type"].startswith("application/problem+json")
    assert answer.json()["code"] == "ALL_REJECTED"
    assert answer.json()["rejected"][0]["code"] == "UNKNOWN_FIELD"
    (refused,) = hub.producer.of("hub.exceptions")
    assert avro.decode(refused.value)[1]["raw"] is None


def test_missing_county_is_a_missing_field(hub: Hub) -> None:
    one = house(1)
    del one["county_code"]
    assert hub.send("dangerous-house", [one], "housing").json()["rejected"][0]["code"] == "MISSING_FIELD"


def test_C20_scope_refuses_the_whole_upload(hub: Hub) -> None:
    foreign = hub.send("dangerous-house", [house(1), house(2, county_code="410922")], "housing")
    other_feed = hub.send("dangerous-house", [house(1)], "water")
    analyst = hub.send("dangerous-house", [house(1)], "analyst")
    assert [one.status_code for one in (foreign, other_feed, analyst)] == [403, 403, 403]
    assert foreign.json()["code"] == "SCOPE"
    assert hub.producer.records == []
    assert hub.send("no-such-feed", [house(1)], "housing").json()["code"] == "FEED_UNKNOWN"


BODIES = {
    "bom": b"\xef\xbb\xbf" + b'{"records":[]}',
    "depth": b"[" * 100_000,
    "digits": b'{"records":[{"revision":' + b"9" * 5_000 + b"}]}",
    "cut": b'{"records":[',
    "latin": b'{"records":["\xff"]}',
    "empty": b"",
}


@pytest.mark.parametrize("name", BODIES)
def test_A1_what_is_no_json_is_400(hub: Hub, name: str) -> None:
    _refused_as_json(hub, BODIES[name])


@pytest.mark.parametrize(
    "body", [b'{"records":[{"a":1,"a":2}]}', b'{"records":[{"a":NaN}]}', b'{"records":[-Infinity]}']
)
def test_A2_strict_parser(hub: Hub, body: bytes) -> None:
    _refused_as_json(hub, body)


def _refused_as_json(hub: Hub, body: bytes) -> None:
    headers = hub.token("housing") | {"Content-Type": "application/json"}
    answer = hub.client.post("/api/v1/feeds/dangerous-house/records", content=body, headers=headers)
    assert (answer.status_code, answer.json()["code"]) == (400, "DECODE")
    assert "Traceback" not in answer.text


@pytest.mark.parametrize(
    ("content_type", "encoding"),
    [("text/plain", "identity"), ("application/json; charset=utf-7", "identity"), ("application/json", "gzip")],
)
def test_A3_content_type_and_encoding(hub: Hub, content_type: str, encoding: str) -> None:
    headers = hub.token("housing") | {"Content-Type": content_type, "Content-Encoding": encoding}
    answer = hub.client.post("/api/v1/feeds/dangerous-house/records", content=b"{}", headers=headers)
    assert (answer.status_code, answer.json()["code"]) == (415, "CONTENT_TYPE")


def test_A3_too_large(hub: Hub) -> None:
    headers = hub.token("housing") | {"Content-Type": "application/json"}
    answer = hub.client.post("/api/v1/feeds/dangerous-house/records", content=b" " * (33 << 20), headers=headers)
    assert answer.status_code == 413
    assert answer.headers["content-type"].startswith("application/problem+json")


def test_A4_unknown_fields_of_the_body(hub: Hub) -> None:
    answer = hub.client.post(
        "/api/v1/feeds/dangerous-house/records", json={"records": [], "role": "x"}, headers=hub.token("housing")
    )
    assert (answer.status_code, answer.json()["code"]) == (422, "UNKNOWN_FIELD")
    assert hub.send("dangerous-house", [house(1)], "housing", baselin="true").status_code == 422
    twice = "/api/v1/feeds/dangerous-house/records?baseline=true&baseline=false"
    assert hub.client.post(twice, json={"records": [house(1)]}, headers=hub.token("housing")).status_code == 422


def test_bad_text_is_a_records_fault(hub: Hub) -> None:
    body = json.dumps({"records": [house(1, house_no="a\x00b"), house(2, house_no="\ud800"), house(3)]}).encode()
    headers = hub.token("housing") | {"Content-Type": "application/json"}
    answer = hub.client.post("/api/v1/feeds/dangerous-house/records", content=body, headers=headers)
    assert answer.status_code == 202
    assert [one["code"] for one in answer.json()["rejected"]] == ["BAD_TEXT", "BAD_TEXT"]


def test_ndjson(hub: Hub) -> None:
    lines = "\n".join(json.dumps(one) for one in (house(1), house(2))) + "\n"
    headers = hub.token("housing") | {"Content-Type": "application/x-ndjson"}
    answer = hub.client.post("/api/v1/feeds/dangerous-house/records", content=lines, headers=headers)
    assert (answer.status_code, answer.json()["accepted"]) == (202, 2)


def test_A1_one_bad_line_of_ndjson_stops_nothing_only_bad_ones_are_no_ndjson(hub: Hub) -> None:
    headers = hub.token("housing") | {"Content-Type": "application/x-ndjson"}
    path = "/api/v1/feeds/dangerous-house/records"
    lines = "\n".join([json.dumps(house(1)), '{"a": NaN}', "", "{", json.dumps(house(2))])
    answer = hub.client.post(path, content=lines, headers=headers)
    assert (answer.status_code, answer.json()["accepted"]) == (202, 2)
    assert [(one["index"], one["code"]) for one in answer.json()["rejected"]] == [(1, "DECODE"), (2, "DECODE")]
    assert "第4行" in answer.json()["rejected"][1]["message"]
    assert hub.client.post(path, content="{\n[", headers=headers).json()["code"] == "DECODE"


@pytest.mark.parametrize(("kind", "body"), [("json", b'{"records":[]}'), ("x-ndjson", b""), ("x-ndjson", b"\n \r\n")])
def test_a_body_without_records_is_all_rejected_with_a_receipt(hub: Hub, kind: str, body: bytes) -> None:
    headers = hub.token("housing") | {"Content-Type": f"application/{kind}"}
    answer = hub.client.post("/api/v1/feeds/dangerous-house/records", content=body, headers=headers)
    said = answer.json()
    assert (answer.status_code, said["code"], said["accepted"], said["rejected"]) == (422, "ALL_REJECTED", 0, [])
    assert "没有记录" in said["detail"]
    receipt = hub.client.get(f"/api/v1/receipts/{said['receipt_id']}", headers=hub.token("housing"))
    assert (receipt.status_code, receipt.json()["accepted"], receipt.json()["outcomes"]) == (200, 0, [])
    assert hub.producer.records == []


@pytest.mark.parametrize(
    "receipt", ["0", "-1", str(2**63), "%00", "..%2f..%2fetc", "１２", "00000000-0000-4000-8000-000000000001"]
)
def test_A5_odd_ids_are_404(hub: Hub, receipt: str) -> None:
    answer = hub.client.get(f"/api/v1/receipts/{receipt}", headers=hub.token("housing"))
    assert answer.status_code == 404
    assert answer.headers["content-type"].startswith("application/problem+json")


def test_A6_foreign_receipt_looks_like_none(hub: Hub) -> None:
    receipt = hub.send("dangerous-house", [house(1)], "housing").json()["receipt_id"]
    own = hub.client.get(f"/api/v1/receipts/{receipt}", headers=hub.token("housing"))
    foreign = [
        hub.client.get(f"/api/v1/receipts/{receipt}", headers=hub.token(*one))
        for one in (("housing", "410922"), ("water",))
    ]
    none = hub.client.get(f"/api/v1/receipts/{uuid.uuid4()}", headers=hub.token("housing"))
    assert own.status_code == 200
    assert {one.content for one in foreign} == {none.content}
    assert none.status_code == 404


@pytest.mark.parametrize("query", ["limit=1000000000", "limit=-1", "cursor=x", "offset=1", "limit=1e3", "limit=１"])
def test_A7_A8_odd_pages_are_422(hub: Hub, query: str) -> None:
    answer = hub.client.get(f"/api/v1/receipts/{uuid.uuid4()}?{query}", headers=hub.token("housing"))
    assert (answer.status_code, answer.json()["code"]) == (422, "QUERY_INVALID")


def test_A19_broker_away(hub: Hub) -> None:
    hub.producer.away = True
    answer = hub.send("dangerous-house", [house(1)], "housing")
    assert (answer.status_code, answer.json()["code"]) == (503, "NOT_PUBLISHED")
    assert answer.headers["retry-after"]
    assert "Traceback" not in answer.text
    receipt = hub.client.get(f"/api/v1/receipts/{answer.json()['receipt_id']}", headers=hub.token("housing")).json()
    assert [one["outcome"] for one in receipt["outcomes"]] == ["not_published"]


def test_finding_about_a_warning_outside_the_area_is_refused(hub: Hub) -> None:
    finding = {
        "record_id": "f", "revision": 1, "county_code": "530925", "reported_at": "2021-11-01T10:00:00+08:00",
        "warning_id": "00000000-0000-4000-8000-000000000001", "result": "confirmed", "visited_on": "2021-10-20",
    }  # fmt: skip
    answer = hub.client.post(
        "/api/v1/feeds/finding/records", json={"records": [finding]}, headers=hub.officer("village-530925-1")
    )
    assert (answer.status_code, answer.json()["code"]) == (403, "SCOPE")


def test_outcomes_are_the_signals_present_state(hub: Hub) -> None:
    receipt = uuid.UUID(hub.send("dangerous-house", [house(n) for n in range(9)], "housing").json()["receipt_id"])
    household = uuid.uuid4()
    rows = {
        0: {"outcome": "matched", "household_id": household, "notes": ["NORMALISED"]},
        1: {"outcome": "unmatched"},
        2: {"outcome": "ambiguous"},
        3: {"duplicate": True},
        4: {"is_current": False, "notes": ["SUPERSEDED_BY_FILE"]},
        5: {"receipt_id": uuid.uuid4()},
        6: {"receipt_id": uuid.uuid4(), "digest": b"x" * 16},
        8: {"outcome": "unmatched", "withdrawn": True},
    }
    with database.connect(hub.database) as conn:
        conn.execute("INSERT INTO household VALUES (%s, '530925', 'HH-0', '530925101201', true, 1)", (household,))
        digests = dict(conn.execute("SELECT index, digest FROM receipt_item").fetchall())
        for index, row in rows.items():
            values = {
                "record_key": record_key("dangerous-house", "530925", "housing", f"H-{index}"), "revision": 1,
                "feed": "dangerous-house", "county_code": "530925", "source": "housing", "record_id": f"H-{index}",
                "withdrawn": False, "digest": digests[index], "is_current": True, "duplicate": False,
                "occurred_on": "2021-10-20", "outcome": "matched", "notes": [], "baseline": False,
                "seal_subject": b"", "sealed": b"", "receipt_id": receipt, "receipt_index": index,
                "recorded_at": "2021-11-01T00:00:00Z", **row,
            }  # fmt: skip
            names = ", ".join(values)
            conn.execute(
                f"INSERT INTO signal ({names}) VALUES ({', '.join(['%s'] * len(values))})", list(values.values())
            )
        conn.execute(
            "INSERT INTO signal SELECT record_key, 1636000000, feed, county_code, source, record_id, withdrawn, digest, true, "
            "duplicate, occurred_on, person_key, household_no, household_id, outcome, '{}', baseline, name_key, "
            "seal_subject, sealed, NULL, NULL, recorded_at FROM signal WHERE receipt_index = 4"
        )
        for index in (0, 7):
            conn.execute(
                "INSERT INTO quarantine (exception_id, county_code, feed, code, message, receipt_id, receipt_index, "
                "recorded_at) VALUES (%s, '530925', 'dangerous-house', 'ID_REUSED', '', %s, %s, now())",
                (uuid.uuid4(), receipt, index),
            )
    got = hub.client.get(f"/api/v1/receipts/{receipt}", headers=hub.token("housing")).json()
    shown = [(one["outcome"], one.get("code"), one.get("household_no")) for one in got["outcomes"]]
    assert shown == [
        ("matched", None, "HH-0"),
        ("unmatched", "UNMATCHED", None),
        ("ambiguous", "AMBIGUOUS", None),
        ("duplicate", None, None),
        ("superseded", None, None),
        ("duplicate", None, None),
        ("pending", None, None),
        ("quarantined", "ID_REUSED", None),
        ("matched", None, None),
    ]
    assert got["outcomes"][0]["notes"] == ["NORMALISED"]
    assert (got["outcomes"][4]["notes"], got["outcomes"][4]["use_revision"]) == (["SUPERSEDED_BY_FILE"], 1636000001)
    page = hub.client.get(f"/api/v1/receipts/{receipt}?limit=5", headers=hub.token("housing")).json()
    rest = hub.client.get(
        f"/api/v1/receipts/{receipt}?limit=5&cursor={page['next']}", headers=hub.token("housing")
    ).json()
    assert page["outcomes"] + rest["outcomes"] == got["outcomes"]
    assert rest["next"] is None


def test_more_rejections_than_a_page_holds_are_all_shown_by_following_next(hub: Hub) -> None:
    bad = [house(number, grade="Z") for number in range(1_500)]
    receipt = hub.send("dangerous-house", [house(9_000), *bad], "housing").json()["receipt_id"]
    pages = pages_of(hub, receipt)
    assert [len(page["rejected"]) for page in pages] == [1_000, 500]
    assert [one["index"] for page in pages for one in page["rejected"]] == list(range(1, 1_501))
    assert [one["index"] for page in pages for one in page["outcomes"]] == [0]
    assert {(page["accepted"], page["rejected_total"]) for page in pages} == {(1, 1_500)}


def test_a_small_limit_shows_every_outcome_and_every_rejection_once(hub: Hub) -> None:
    records = [house(number, **({"grade": "Z"} if number % 4 == 0 else {})) for number in range(16)]
    receipt = hub.send("dangerous-house", records, "housing").json()["receipt_id"]
    pages = pages_of(hub, receipt, limit=3)
    assert [len(page["outcomes"]) for page in pages] == [3, 3, 3, 3]
    assert [len(page["rejected"]) for page in pages] == [3, 1, 0, 0]
    assert [one["index"] for page in pages for one in page["rejected"]] == [0, 4, 8, 12]
    assert sorted(one["index"] for page in pages for one in page["outcomes"]) == [n for n in range(16) if n % 4]


def pages_of(hub: Hub, receipt: str, **limit: int) -> list[dict[str, Any]]:
    """A receipt from the first page to the last."""
    pages: list[dict[str, Any]] = []
    asked: dict[str, Any] = dict(limit)
    while not pages or pages[-1]["next"] is not None:
        if pages:
            asked["cursor"] = pages[-1]["next"]
        answer = hub.client.get(f"/api/v1/receipts/{receipt}", params=asked, headers=hub.token("housing"))
        pages.append(answer.json())
    return pages
