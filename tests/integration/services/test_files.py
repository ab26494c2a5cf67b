"""Uploads as files, each bad input under its number."""

from __future__ import annotations

import io
import zipfile
from datetime import date
from typing import TYPE_CHECKING, Any

import pytest
import xlsxwriter

from fangpin import avro

if TYPE_CHECKING:
    from tests.integration.services.conftest import Hub

HEADER = ("户编号", "房屋编号", "危房等级", "认定日期")
CHILD = "530925200403039038"
ROW = ("HH-1", "F1", "C级", "2021/10/5")


def text(*rows: tuple[str, ...]) -> str:
    return "".join(",".join(row) + "\r\n" for row in rows)


def xlsx(*rows: tuple[Any, ...], title: str | None = None) -> bytes:
    buffer = io.BytesIO()
    book = xlsxwriter.Workbook(buffer)
    sheet = book.add_worksheet()
    day = book.add_format({"num_format": "yyyy-mm-dd"})
    start = 0
    if title:
        sheet.write(0, 0, title)
        start = 1
    for line, row in enumerate(rows, start):
        for place, cell in enumerate(row):
            if isinstance(cell, date):
                sheet.write_datetime(line, place, cell, day)
            else:
                sheet.write(line, place, cell)
    book.close()
    return buffer.getvalue()


def rezipped(content: bytes, change: dict[str, bytes]) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(content)) as old, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as new:
        for name in old.namelist():
            new.writestr(name, change.pop(name, None) or old.read(name))
        for name, body in change.items():
            new.writestr(name, body)
    return out.getvalue()


def sent(hub: Hub, feed: str = "dangerous-house") -> list[dict[str, Any]]:
    return [avro.decode(one.value)[1] for one in hub.producer.of(f"feed.{feed}")]


def test_xlsx_with_a_title_and_date_cells(hub: Hub) -> None:
    content = xlsx((*HEADER, "备注"), (*ROW[:3], date(2021, 10, 5), "看不见"), title="某县危房台账")
    answer = hub.upload("dangerous-house", content, "housing", "whatever.csv")
    assert answer.status_code == 202, answer.text
    (one,) = sent(hub)
    assert (one["grade"], one["graded_on"], one["county_code"]) == ("C", date(2021, 10, 5), "530925")
    assert len(one["record_id"]) == 40


def test_rows_are_numbered_as_a_spreadsheet_does(hub: Hub) -> None:
    content = xlsx(HEADER, ROW, (), ("HH-2", "F2", "Z", "2021年10月5日"), title="标题")
    answer = hub.upload("dangerous-house", content, "housing").json()
    assert answer["accepted"] == 1
    assert [(one["index"], one["row"], one["code"]) for one in answer["rejected"]] == [(1, 5, "ENUM")]


@pytest.mark.parametrize("content", [b"", b"\xef\xbb\xbf\r\n", text(HEADER).encode(), xlsx(HEADER)])
def test_C1_empty(hub: Hub, content: bytes) -> None:
    answer = hub.upload("dangerous-house", content, "housing")
    assert (answer.status_code, answer.json()["code"]) == (422, "FILE_EMPTY")
    assert "文件为空" in answer.json()["detail"]


@pytest.mark.parametrize(
    "content",
    [b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1rest", b"%PDF-1.7", b"<html><table>", b"\x1f\x8b\x08", b'<?xml version="1.0"?>'],
)
def test_C2_other_kinds_by_their_bytes(hub: Hub, content: bytes) -> None:
    answer = hub.upload("dangerous-house", content, "housing", "list.xlsx")
    assert (answer.status_code, answer.json()["code"]) == (415, "FILE_TYPE")


def test_C2_zip_that_is_no_workbook_and_macros(hub: Hub) -> None:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        archive.writestr("a.txt", "a")
    macro = rezipped(xlsx(HEADER, ROW), {"xl/vbaProject.bin": b"x"})
    for content in (out.getvalue(), macro):
        assert hub.upload("dangerous-house", content, "housing").status_code == 415


def test_C3_zip_bomb(hub: Hub) -> None:
    bomb = rezipped(xlsx(HEADER, ROW), {"xl/worksheets/sheet9.xml": b"<a/>" * (8 << 20)})
    answer = hub.upload("dangerous-house", bomb, "housing")
    assert (answer.status_code, answer.json()["code"]) == (413, "FILE_TOO_LARGE")


def test_C4_too_many_members_and_names_that_lead_elsewhere(hub: Hub) -> None:
    many = {f"xl/media/image{number}.png": b"x" for number in range(1_001)}
    elsewhere = (
        "../evil.xml",
        "xl/../../evil.xml",
        "xl\\..\\evil.xml",
        "/etc/cron.d/evil",
        "\\evil.xml",
        "C:\\evil.xml",
    )
    for members in (many, *({name: b"x"} for name in elsewhere)):
        answer = hub.upload("dangerous-house", rezipped(xlsx(HEADER, ROW), members), "housing")
        assert (answer.status_code, answer.json()["code"]) == (422, "FILE_BROKEN"), next(iter(members))


@pytest.mark.parametrize("name", ["xl/worksheets/sheet1.xml", "xl/worksheets/SHEET1.xml"])
@pytest.mark.filterwarnings("ignore:Duplicate name:UserWarning")
def test_C4_a_member_twice(hub: Hub, name: str) -> None:
    content = io.BytesIO(xlsx(HEADER, ROW))
    with zipfile.ZipFile(content, "a") as archive:
        archive.writestr(name, b"<worksheet/>")
    answer = hub.upload("dangerous-house", content.getvalue(), "housing")
    assert (answer.status_code, answer.json()["code"]) == (422, "FILE_BROKEN")


def test_C4_declared_sizes_that_lie(hub: Hub) -> None:
    """The size of the sheet as its header and the directory tell it, made one byte."""
    whole = bytearray(xlsx(HEADER, ROW))
    with zipfile.ZipFile(io.BytesIO(whole)) as archive:
        sheet = archive.getinfo("xl/worksheets/sheet1.xml")
    told = sheet.file_size.to_bytes(4, "little")
    start = sheet.header_offset + 22
    assert whole[start : start + 4] == told
    whole[start : start + 4] = b"\x01\0\0\0"
    directory = whole.index(b"PK\x01\x02", whole.rindex(b"xl/worksheets/sheet1.xml") - 46) + 24
    assert whole[directory : directory + 4] == told
    whole[directory : directory + 4] = b"\x01\0\0\0"
    answer = hub.upload("dangerous-house", bytes(whole), "housing")
    assert (answer.status_code, answer.json()["code"]) == (422, "FILE_BROKEN")


def test_C4_a_zip_within_is_a_member_that_nobody_reads(hub: Hub) -> None:
    within = rezipped(xlsx(HEADER, ROW), {"xl/media/more.zip": xlsx(HEADER, ("HH-9", "F9", "C级", "2021/10/5"))})
    assert hub.upload("dangerous-house", within, "housing").json()["accepted"] == 1
    assert [one["house_no"] for one in sent(hub)] == ["F1"]


def test_C5_entities(hub: Hub) -> None:
    evil = b'<?xml version="1.0"?><!DOCTYPE x [<!ENTITY a SYSTEM "file:///etc/passwd">]><worksheet>&a;</worksheet>'
    answer = hub.upload("dangerous-house", rezipped(xlsx(HEADER, ROW), {"xl/worksheets/sheet1.xml": evil}), "housing")
    assert (answer.status_code, answer.json()["code"]) == (422, "FILE_BROKEN")
    assert "root:" not in answer.text


def test_C6_a_cell_at_the_end_of_the_world(hub: Hub) -> None:
    book = zipfile.ZipFile(io.BytesIO(xlsx(HEADER, ROW)))
    sheet = book.read("xl/worksheets/sheet1.xml").replace(
        b"</sheetData>", b'<row r="1048576"><c r="XFD1048576"><v>1</v></c></row></sheetData>'
    )
    answer = hub.upload("dangerous-house", rezipped(xlsx(HEADER, ROW), {"xl/worksheets/sheet1.xml": sheet}), "housing")
    assert (answer.status_code, answer.json()["code"]) == (413, "FILE_TOO_LARGE")


def test_C7_truncated_and_corrupt(hub: Hub) -> None:
    whole = xlsx(HEADER, ROW)
    place = whole.index(b"xl/worksheets/sheet1.xml") + 60
    corrupt = whole[:place] + bytes(byte ^ 0xFF for byte in whole[place : place + 8]) + whole[place + 8 :]
    for content in (whole[: len(whole) // 2], corrupt):
        answer = hub.upload("dangerous-house", content, "housing")
        assert (answer.status_code, answer.json()["code"]) == (422, "FILE_BROKEN")
        assert "文件损坏" in answer.json()["detail"]


@pytest.mark.parametrize(
    ("member", "what"),
    [
        ("xl/externalLinks/externalLink1.xml", "外部链接"),
        ("xl/externalLinks/_rels/externalLink1.xml.rels", "外部链接"),
        ("xl/embeddings/oleObject1.bin", "嵌入"),
        ("XL/Embeddings/Microsoft_Word_Document.docx", "嵌入"),
        ("xl/vbaProject.bin", "宏"),
        ("xl/VBAPROJECT.BIN", "宏"),
    ],
)
def test_C8_links_to_other_files_embedded_objects_and_macros(hub: Hub, member: str, what: str) -> None:
    answer = hub.upload("dangerous-house", rezipped(xlsx(HEADER, ROW), {member: b"<x/>"}), "housing")
    assert (answer.status_code, answer.json()["code"]) == (415, "FILE_TYPE")
    assert what in answer.json()["detail"]
    assert "另存为" in answer.json()["detail"]


def test_C8_password(hub: Hub) -> None:
    """A workbook with a password is an OLE compound file that holds the encrypted one."""
    content = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(504) + "EncryptedPackage".encode("utf-16-le")
    answer = hub.upload("dangerous-house", content, "housing")
    assert (answer.status_code, answer.json()["code"]) == (415, "FILE_TYPE")
    assert "密码" in answer.json()["detail"]
    assert "另存为" in answer.json()["detail"]


def test_C9_numeric_identity_column(hub: Hub) -> None:
    header = ("身份证号", *HEADER[1:])
    number = 530925197001019013
    for content in (
        xlsx(header, ("53092519700101901X", *ROW[1:]), (float(number), *ROW[1:])),
        text(header, ("5.30925E+17", *ROW[1:])).encode(),
    ):
        answer = hub.upload("dangerous-house", content, "housing")
        assert (answer.status_code, answer.json()["code"]) == (422, "ID_COLUMN_NUMERIC")
    assert hub.producer.records == []


def test_C10_formula(hub: Hub) -> None:
    answer = hub.upload("dangerous-house", xlsx(HEADER, ("HH-1", "F1", '="C"', "2021-10-05")), "housing")
    assert (answer.status_code, answer.json()["code"]) == (422, "FORMULA_CELL")
    assert "C2" in answer.json()["detail"]


def test_C10_formula_in_a_sheet_whose_folder_is_written_otherwise(hub: Hub) -> None:
    """The names of a workbook's parts have no case: the reader found the sheet, the search for formulas did not."""
    out = io.BytesIO()
    with (
        zipfile.ZipFile(io.BytesIO(xlsx(HEADER, ("HH-1", "F1", '="C"', "2021-10-05")))) as old,
        zipfile.ZipFile(out, "w") as new,
    ):
        for name in old.namelist():
            new.writestr(name.replace("worksheets", "Worksheets"), old.read(name))
    answer = hub.upload("dangerous-house", out.getvalue(), "housing")
    assert (answer.status_code, answer.json()["code"]) == (422, "FORMULA_CELL")


HEADERS = {
    "COLUMN_UNKNOWN": (*HEADER, "家庭住址"),
    "COLUMN_DUPLICATE": (*HEADER, "危房等级"),
    "HEADER_MISSING": HEADER[:3],
}


@pytest.mark.parametrize("code", HEADERS)
def test_C13_columns(hub: Hub, code: str) -> None:
    answer = hub.upload("dangerous-house", text(HEADERS[code], ROW).encode(), "housing")
    assert (answer.status_code, answer.json()["code"]) == (422, code)


def test_C13_swapped_columns_are_read_by_name(hub: Hub) -> None:
    answer = hub.upload("dangerous-house", text(HEADER[::-1], ROW[::-1]).encode(), "housing")
    assert answer.json()["accepted"] == 1


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030"])
def test_C14_encodings(hub: Hub, encoding: str) -> None:
    answer = hub.upload("dangerous-house", text(HEADER, ROW).encode(encoding), "housing").json()
    assert answer["accepted"] == 1
    assert answer.get("notes", []) == (["ENCODING"] if encoding == "gb18030" else [])


@pytest.mark.parametrize(
    "content", [text(HEADER, ROW).encode("utf-16"), b"\xff\xff\x81\r\n" + text(HEADER).encode(), b"a\0b"]
)
def test_C14_C16_unknown_encoding(hub: Hub, content: bytes) -> None:
    answer = hub.upload("dangerous-house", content, "housing")
    assert (answer.status_code, answer.json()["code"]) == (422, "ENCODING_UNKNOWN")


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030"])
def test_C14_a_row_that_cannot_be_decoded_is_refused_alone(hub: Hub, encoding: str) -> None:
    mixed = "gb18030" if encoding.startswith("utf-8") else "utf-8"
    good, bad = ("HH-2", "乙", "C级", "2021/10/5"), ("HH-1", "甲甲甲", "C级", "2021/10/5")
    content = text(HEADER, ROW).encode(encoding) + text(bad).encode(mixed) + b"HH-3,\xff\xff,C,2021/10/5\r\n"
    answer = hub.upload("dangerous-house", content + text(good).encode(encoding.removesuffix("-sig")), "housing").json()
    refused = {one["index"]: one["code"] for one in answer["rejected"]}
    assert refused[2] == "ENCODING_UNKNOWN"
    assert 0 not in refused
    assert 3 not in refused
    if encoding.startswith("utf-8"):
        assert refused[1] == "ENCODING_UNKNOWN"


def test_C15_unbalanced_quote_and_other_separators(hub: Hub) -> None:
    broken = text(HEADER, ROW) + '"HH-2,F2,C,2021-10-05\r\n'
    answer = hub.upload("dangerous-house", broken.encode(), "housing")
    assert (answer.status_code, answer.json()["code"]) == (422, "ROW_QUOTE")
    assert "第3行" in answer.json()["detail"]
    semicolons = text(HEADER, ROW).replace(",", ";").encode()
    assert hub.upload("dangerous-house", semicolons, "housing").json()["code"] == "HEADER_MISSING"
    assert hub.producer.records == []


def test_C18_same_rows_again_are_the_same_records(hub: Hub) -> None:
    hub.upload("dangerous-house", text(HEADER, ROW).encode(), "housing", "a.csv")
    hub.upload("dangerous-house", xlsx(HEADER, ROW), "housing", "b.xlsx")
    first, second = sent(hub)
    assert first["record_id"] == second["record_id"]
    different = {"revision", "reported_at"}
    assert {name: value for name, value in first.items() if name not in different} == {
        name: value for name, value in second.items() if name not in different
    }


def test_C20_another_countys_file(hub: Hub) -> None:
    content = text((*HEADER, "县区代码"), (*ROW, "530925"), (*ROW, "410922")).encode()
    answer = hub.upload("dangerous-house", content, "housing")
    assert (answer.status_code, answer.json()["code"]) == (403, "SCOPE")
    assert hub.producer.records == []


def test_C21_many_rows_one_bad(hub: Hub) -> None:
    rows = [("HH-1", f"F{number}", "C级", "2021-10-05") for number in range(20_000)]
    rows[12_345] = ("HH-1", "F", "Z", "2021-10-05")
    answer = hub.upload("dangerous-house", text(HEADER, *rows).encode(), "housing").json()
    assert answer["accepted"] == 19_999
    assert [(one["index"], one["row"]) for one in answer["rejected"]] == [(12_345, 12_347)]
    assert len(sent(hub)) == 19_999


REGISTER = (
    "户编号", "发生日期", "行政村代码", "户类型", "监测类型", "常住", "有劳动能力", "享受低保",
    "成员身份证号", "成员姓名", "与户主关系", "加入日期",
)  # fmt: skip


def member(household: str, number: str, **other: str) -> tuple[str, ...]:
    cells = dict(zip(REGISTER, (
        household, "2021-01-01", "530925101201", "脱贫户", "无", "是", "是", "否", number, "示例", "户主", "2010-01-01",
    ), strict=True))  # fmt: skip
    return tuple((cells | other).values())


def test_register_rows_fold_into_households(hub: Hub) -> None:
    good, second, bad = "530925197001019013", "530925200403039038", "530925197001019014"
    rows = [member("A", good), member("B", second), member("A", second), member("C", good), member("C", bad)]
    answer = hub.upload("household-register", text(REGISTER, *rows).encode(), "rural-revitalisation")
    assert answer.status_code == 202, answer.text
    body = answer.json()
    assert body["accepted"] == 3
    assert [(one["index"], one["code"]) for one in body["rejected"]] == [
        (3, "HOUSEHOLD_INCOMPLETE"),
        (4, "ID_CHECKSUM"),
    ]
    assert {one["household_no"]: len(one["members"]) for one in sent(hub, "household-register")} == {"A": 2, "B": 1}


def test_a_receipt_counts_the_rows_of_a_register(hub: Hub) -> None:
    good, second = "530925197001019013", "530925200403039038"
    rows = [member("A", good), member("B", CHILD), member("A", second)]
    answer = hub.upload("household-register", text(REGISTER, *rows).encode(), "rural-revitalisation").json()
    assert answer["accepted"] == 3
    receipt = hub.client.get(f"/api/v1/receipts/{answer['receipt_id']}", headers=hub.token("rural-revitalisation"))
    outcomes = receipt.json()["outcomes"]
    assert receipt.json()["accepted"] == 3
    assert [(one["index"], one["row"], one["outcome"]) for one in outcomes] == [
        (0, 2, "pending"),
        (1, 3, "pending"),
        (2, 4, "pending"),
    ]
    assert outcomes[0]["record_id"] == outcomes[2]["record_id"]


@pytest.mark.parametrize(
    ("bad", "code"),
    [
        ({"成员身份证号": "", "成员姓名": "", "与户主关系": "", "加入日期": ""}, "MISSING_FIELD"),
        ({"成员姓名": ""}, "MISSING_FIELD"),
        ({"加入日期": "2010-01-01,多出来的一格"}, "COLUMN_UNKNOWN"),
    ],
)
def test_one_bad_member_refuses_the_household(hub: Hub, bad: dict[str, str], code: str) -> None:
    rows = [member("A", "530925197001019013"), member("A", CHILD, **bad), member("B", "530925197502029025")]
    answer = hub.upload("household-register", text(REGISTER, *rows).encode(), "rural-revitalisation").json()
    assert answer["accepted"] == 1
    assert [(one["index"], one["code"]) for one in answer["rejected"]] == [(0, "HOUSEHOLD_INCOMPLETE"), (1, code)]


def test_F2_F13_what_was_normalised_is_noted_in_the_receipt(hub: Hub) -> None:
    wide = "".join(chr(ord(digit) + 0xFEE0) for digit in CHILD)
    header = ("身份证号", "房屋编号", "危房等级", "认定日期")
    rows = [(wide, "F1", "C", "2021-10-05"), (CHILD, "F2", "C", "2021-10-05")]
    answer = hub.upload("dangerous-house", text(header, *rows).encode(), "housing").json()
    receipt = hub.client.get(f"/api/v1/receipts/{answer['receipt_id']}", headers=hub.token("housing")).json()
    assert [one["notes"] for one in receipt["outcomes"]] == [["NORMALISED"], []]


def test_template_can_be_uploaded_when_filled(hub: Hub) -> None:
    answer = hub.client.get("/api/v1/feeds/dangerous-house/template.xlsx", headers=hub.token("housing"))
    assert answer.status_code == 200
    assert hub.upload("dangerous-house", answer.content, "housing").json()["code"] == "FILE_EMPTY"


def test_multipart_without_the_part_or_not_at_all(hub: Hub) -> None:
    path = "/api/v1/feeds/dangerous-house/files"
    other = hub.client.post(path, files={"other": ("f", b"x")}, headers=hub.token("housing"))
    plain = hub.client.post(path, content=b"x", headers=hub.token("housing") | {"Content-Type": "text/csv"})
    assert (other.status_code, plain.status_code) == (422, 415)
