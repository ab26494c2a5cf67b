"""The main job through the front door of a whole hub: HTTP, file and Kafka end as the same explained warning."""

import csv
import io
from typing import Any

from fangpin.domain.feeds import FEEDS
from fangpin.domain.records import parse_record
from fangpin.kafka import Outgoing, Producer
from fangpin.wire import encode_record
from tests.e2e.conftest import Hub
from tests.records import CHILD, NOW, OTHER, bill, household


def member(number: str) -> dict[str, str]:
    return {"id_number": number, "name": "示例乙", "relation": "户主", "joined_on": "2010-01-01"}


def of(raw: dict[str, Any], number: str) -> dict[str, Any]:
    return {**raw, "subject": {"id_number": number}}


def test_http_file_and_kafka_end_as_the_same_warning(hub: Hub) -> None:
    hub.send("rural-revitalisation", household("E-1", "e-r1", [member(OTHER)]))
    raw = of(bill("e-m1"), OTHER)
    receipt = hub.send("medical-insurance", raw)
    warning = hub.soon(lambda: hub.warnings("E-1"))[0]
    assert (warning["risk"], warning["since"], warning["evidence"]) == ("illness", "2021-10-08", ["e-m1"])
    assert warning["rules"][0]["arithmetic"] == "6234.50 ≥ 6000.00"
    assert warning["rules"][0]["document"] == "双巩固振兴组〔2021〕1号"
    assert _outcomes(hub, receipt) == ["matched"]
    assert _outcomes(hub, _upload(hub, raw)) == ["duplicate"]
    _to_kafka(hub, raw)
    again = hub.send("medical-insurance", raw)
    assert _outcomes(hub, again) == ["duplicate"]
    assert [one["warning_id"] for one in hub.warnings("E-1")] == [warning["warning_id"]]


def _outcomes(hub: Hub, receipt: dict[str, Any]) -> list[str]:
    def settled() -> list[str] | None:
        path = f"/api/v1/receipts/{receipt['receipt_id']}"
        answer = hub.client.get(path, headers=hub.token("530925", "medical-insurance")).json()
        outcomes = [one["outcome"] for one in answer["outcomes"]]
        return outcomes if "pending" not in outcomes else None

    found: list[str] = hub.soon(settled)
    return found


def _upload(hub: Hub, raw: dict[str, Any]) -> dict[str, Any]:
    text = io.StringIO()
    writer = csv.writer(text)
    writer.writerow(["某县医疗保障局住院名单"])
    writer.writerow(
        [
            "记录编号",
            "修订号",
            "身份证号",
            "住院日期",
            "结算日期",
            "医院名称",
            "医疗总费用",
            "政策范围内自付费用",
            "自付费用",
        ]
    )
    names = (
        "record_id",
        "revision",
        "id",
        "admitted_on",
        "settled_on",
        "hospital",
        "total_cost",
        "in_policy_self_paid",
        "self_paid",
    )
    values = {**raw, "id": raw["subject"]["id_number"], "settled_on": "2021年10月8日"}
    writer.writerow([values[name] for name in names])
    answer = hub.client.post(
        "/api/v1/feeds/medical-expense/files",
        files={"file": ("名单.csv", text.getvalue().encode("gb18030"))},
        headers=hub.token("530925", "medical-insurance"),
    )
    assert answer.status_code == 202, answer.text
    found: dict[str, Any] = answer.json()
    return found


def _to_kafka(hub: Hub, raw: dict[str, Any]) -> None:
    record = parse_record(FEEDS[raw["feed"]], {key: value for key, value in raw.items() if key != "feed"}, now=NOW)
    producer = Producer(hub.credentials["kafka"])
    producer.publish([Outgoing("feed.medical-expense", b"530925", encode_record(record))])
    producer.close()


def test_a_finding_and_what_it_changes(hub: Hub) -> None:
    hub.send("rural-revitalisation", household("E-2", "e-r2", [member(CHILD)]))
    hub.send("medical-insurance", of(bill("e-m2"), CHILD))
    warning = hub.soon(lambda: hub.warnings("E-2"))[0]
    village = hub.session("village", "530925101201")
    body = {"result": "not-confirmed", "visited_on": "2021-10-30", "note": "已走访"}
    answer = hub.client.post(f"/api/v1/warnings/{warning['warning_id']}/findings", json=body, headers=village)
    assert answer.status_code == 202
    hub.soon(lambda: hub.warnings("E-2")[0]["status"] == "dismissed")
    path = f"/api/v1/households/{warning['household_id']}/history"
    events = hub.client.get(path, headers=village).json()["events"]
    assert [one["sequence"] for one in events] == list(range(1, len(events) + 1))
    assert events[-1]["type"] == "FindingRecorded"
    earlier = hub.client.get(path, params={"valid_on": "2021-10-07"}, headers=village).json()["events"]
    assert [one["type"] for one in earlier] == ["HouseholdRegistered"]


def test_A6_a_village_sees_its_own_households_and_no_others(hub: Hub) -> None:
    hub.send("rural-revitalisation", household("E-3", "e-r3", [member("11010519491231002X")]))
    hub.send("medical-insurance", of(bill("e-m3"), "11010519491231002X"))
    warning = hub.soon(lambda: hub.warnings("E-3"))[0]
    foreign = hub.session("village", "410922")
    unknown = "/api/v1/warnings/00000000-0000-4000-8000-000000000000"
    answers = [
        hub.client.get(path, headers=foreign)
        for path in (
            f"/api/v1/warnings/{warning['warning_id']}",
            unknown,
            f"/api/v1/households/{warning['household_id']}/history",
        )
    ]
    assert [one.status_code for one in answers] == [404, 404, 404]
    assert answers[0].content == answers[1].content
    assert hub.client.get("/api/v1/warnings", params={"county": "530925"}, headers=foreign).json()["items"] == []
    department = hub.token("530925", "housing")
    assert hub.client.get("/api/v1/warnings", headers=department).status_code == 403


def test_A7_A8_cursors_and_limits(hub: Hub) -> None:
    county = hub.session("county", "530925")
    first = hub.client.get("/api/v1/warnings", params={"limit": 1}, headers=county).json()
    second = hub.client.get("/api/v1/warnings", params={"limit": 1, "cursor": first["next"]}, headers=county).json()
    assert first["items"][0]["warning_id"] != second["items"][0]["warning_id"]
    tampered = first["next"][:-2] + ("AA" if first["next"][-2:] != "AA" else "BB")
    for cursor, account in ((tampered, county), (first["next"], hub.session("village", "530925101201"))):
        answer = hub.client.get("/api/v1/warnings", params={"limit": 1, "cursor": cursor}, headers=account)
        assert answer.status_code == 400
    for query in (
        {"limit": "1000000000"},
        {"limit": "-1"},
        {"sort": "id;--"},
        {"risk": "boredom"},
        {"since_from": "x"},
    ):
        assert hub.client.get("/api/v1/warnings", params=query, headers=county).status_code == 422, query


def test_statistics_and_search(hub: Hub) -> None:
    county = hub.session("county", "530925")
    for by in ("risk", "area", "month"):
        items = hub.client.get("/api/v1/statistics/warnings", params={"by": by}, headers=county).json()["items"]
        assert sum(one["total"] for one in items) >= 1, by
    found = hub.client.post("/api/v1/households/search", json={"id_number": OTHER}, headers=county).json()["items"]
    assert [one["household_no"] for one in found] == ["E-1"]
    assert OTHER not in str(found)
    assert hub.client.get(f"/api/v1/warnings?household_no={OTHER}", headers=county).status_code == 400
