"""The refused rows of an upload, given back as an annotated XLSX."""

from __future__ import annotations

import io
import uuid
import zipfile
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

import pytest
from python_calamine import CalamineWorkbook

from fangpin import database
from fangpin.salts import drop_expired
from tests.integration.services.test_files import CHILD, REGISTER, member, text, xlsx

if TYPE_CHECKING:
    from tests.integration.services.conftest import Hub

HEADER = ("身份证号", "住院日期", "结算日期", "医院名称", "医疗总费用", "政策范围内自付费用", "自付费用")
GOOD = (CHILD, "2021-10-01", "2021年10月8日", "县医院", "30000", "4000", "6234.50")


def bills(*rows: dict[str, str]) -> bytes:
    return text(HEADER, *(tuple({**dict(zip(HEADER, GOOD, strict=True)), **row}.values()) for row in rows)).encode()


def fetched(hub: Hub, receipt: str, department: str = "medical-insurance") -> Any:
    return hub.client.get(f"/api/v1/receipts/{receipt}/rejected.xlsx", headers=hub.token(department))


def table(content: bytes) -> list[dict[str, str]]:
    header, *rows = CalamineWorkbook.from_filelike(io.BytesIO(content)).get_sheet_by_index(0).to_python()
    return [{str(name): str(cell) for name, cell in zip(header, row, strict=True) if cell != ""} for row in rows]


def test_the_rows_as_they_came_with_what_is_wrong(hub: Hub) -> None:
    upload = hub.upload(
        "medical-expense", bills({}, {"自付费用": "一万"}, {"结算日期": "2021.10.8"}), "medical-insurance"
    )
    answer = fetched(hub, upload.json()["receipt_id"])
    assert answer.status_code == 200
    assert answer.headers["cache-control"] == "no-store"
    first, second = table(answer.content)
    assert (first["原行号"], first["问题代码"], first["自付费用"], first["身份证号"]) == (
        "3",
        "NUM_FORMAT",
        "一万",
        CHILD,
    )
    assert (second["原行号"], second["问题代码"], second["结算日期"]) == ("4", "DATE_FORMAT", "2021.10.8")
    assert "修订号" not in first
    assert first["问题说明"].startswith("“自付费用”")


def test_mended_it_can_be_uploaded_as_it_is(hub: Hub) -> None:
    receipt = hub.upload("medical-expense", bills({"自付费用": "x"}), "medical-insurance").json()["receipt_id"]
    book = CalamineWorkbook.from_filelike(io.BytesIO(fetched(hub, receipt).content))
    header, row = book.get_sheet_by_index(0).to_python()
    mended = ["6000.00" if name == "自付费用" else cell for name, cell in zip(header, row, strict=True)]
    answer = hub.upload("medical-expense", xlsx(tuple(header), tuple(mended)), "medical-insurance")
    assert (answer.status_code, answer.json().get("accepted")) == (202, 1), answer.text


def test_the_faulty_cell_is_marked(hub: Hub) -> None:
    receipt = hub.upload("medical-expense", bills({"自付费用": "x"}), "medical-insurance").json()["receipt_id"]
    with zipfile.ZipFile(io.BytesIO(fetched(hub, receipt).content)) as archive:
        assert b"FFC7CE" in archive.read("xl/styles.xml").upper()


def test_C17_formulas_are_neutralised(hub: Hub) -> None:
    bad = {"医院名称": "=HYPERLINK(0)", "自付费用": "-5"}
    receipt = hub.upload("medical-expense", bills(bad), "medical-insurance").json()["receipt_id"]
    content = fetched(hub, receipt).content
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        assert b"<f>" not in archive.read("xl/worksheets/sheet1.xml")
    assert (table(content)[0]["医院名称"], table(content)[0]["自付费用"]) == ("'=HYPERLINK(0)", "-5")


def test_F25_an_unknown_field_comes_back_without_anything_of_the_record(hub: Hub) -> None:
    raw = {"record_id": "m-1", "revision": 1, "county_code": "530925", "hiv": "SECRETVALUE", "hospital": "HOSPITALNAME"}
    receipt = hub.send("medical-expense", [raw], "medical-insurance").json()["receipt_id"]
    (row,) = table(fetched(hub, receipt).content)
    assert row.keys() == {"原行号", "问题代码", "问题说明"}
    with database.connect(hub.database) as conn:
        assert conn.execute("SELECT count(*) FROM receipt_rejection WHERE sealed IS NOT NULL").fetchone() == (0,)


def test_records_sent_as_json_and_what_was_no_record(hub: Hub) -> None:
    raw = {
        "record_id": "r-1", "revision": 3, "county_code": "530925", "reported_at": "2021-11-01T10:00:00+08:00",
        "occurred_on": "2021-01-01", "household_no": "H1", "class": "out-of-poverty", "resident": True,
        "members": [{"id_number": CHILD, "name": "甲"}, {"id_number": "bad", "name": "乙"}],
    }  # fmt: skip
    receipt = hub.send("household-register", [raw, "text"], "rural-revitalisation").json()["receipt_id"]
    rows = table(fetched(hub, receipt, "rural-revitalisation").content)
    assert [(one["原行号"], one.get("成员姓名"), one.get("户类型"), one.get("常住")) for one in rows] == [
        ("1", "甲", "脱贫户", "是"),
        ("1", "乙", "脱贫户", "是"),
        ("2", None, None, None),
    ]


def test_a_households_rows_come_back_one_by_one(hub: Hub) -> None:
    rows = text(REGISTER, member("A", CHILD), member("A", "bad")).encode()
    receipt = hub.upload("household-register", rows, "rural-revitalisation").json()["receipt_id"]
    found = [
        (one["问题代码"], one["成员身份证号"]) for one in table(fetched(hub, receipt, "rural-revitalisation").content)
    ]
    assert found == [("HOUSEHOLD_INCOMPLETE", CHILD), ("ID_FORMAT", "bad")]


def test_F22_text_that_is_no_text_comes_back_as_well_as_it_can(hub: Hub) -> None:
    raw = '{"records": [{"record_id": "m-1", "revision": 1, "county_code": "530925", "hospital": "a\\ud800\\u0000b"}]}'
    headers = hub.token("medical-insurance") | {"Content-Type": "application/json"}
    answer = hub.client.post("/api/v1/feeds/medical-expense/records", content=raw, headers=headers)
    (row,) = table(fetched(hub, answer.json()["receipt_id"]).content)
    assert row["医院名称"].startswith("a?")


def test_only_for_the_sender_sealed_and_for_a_month(hub: Hub) -> None:
    receipt = hub.upload("medical-expense", bills({"自付费用": "x"}), "medical-insurance").json()["receipt_id"]
    unknown = fetched(hub, str(uuid.uuid4()))
    for department in ("housing", "operator", "analyst"):
        answer = fetched(hub, receipt, department)
        assert (answer.status_code, answer.content) == (404, unknown.content)
    with database.connect(hub.database) as conn:
        (sealed,) = conn.execute("SELECT sealed FROM receipt_rejection").fetchone() or (b"",)
        assert CHILD.encode() not in bytes(sealed)
        assert drop_expired(conn, datetime.now(UTC) + timedelta(days=29)) == 0
        assert drop_expired(conn, datetime.now(UTC) + timedelta(days=32)) == 1
    answer = fetched(hub, receipt)
    assert (answer.status_code, answer.json()["code"]) == (410, "ROWS_EXPIRED")


@pytest.mark.parametrize("receipt", ["0", "x", "%00"])
def test_A5_odd_ids(hub: Hub, receipt: str) -> None:
    assert fetched(hub, receipt).status_code == 404
