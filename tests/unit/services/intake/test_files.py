"""A Chinese row of every feed, as CSV and as XLSX: the same record as its JSON; and its id when it brings none."""

import csv
import io
import re
import zipfile
from dataclasses import replace
from datetime import date
from typing import Any

import pytest
import python_calamine
import xlsxwriter
from xlsxwriter.utility import xl_col_to_name

from fangpin.domain.feeds import FEEDS, Feed
from fangpin.domain.feeds.cells import columns, raw_from_cells
from fangpin.domain.records import parse_record
from fangpin.ports import Account, HttpProblem
from fangpin.vault import Vault
from services.intake.files import judge_file
from services.intake.judging import Verdicts, judge_all
from services.intake.template import template
from tests.feed_samples import SAMPLES
from tests.records import NOW, OTHER, without_feed

VAULT = Vault(b"s" * 32)
SENT = [FEEDS[slug] for slug in SAMPLES]
every_feed = pytest.mark.parametrize("feed", SENT, ids=lambda feed: feed.slug)
Row = dict[str, Any]


def as_csv(*rows: Row) -> bytes:
    out = io.StringIO()
    writer = csv.writer(out)
    writer.writerow(["某县报送表"])
    writer.writerow(rows[0])
    writer.writerows(row.values() for row in rows)
    return out.getvalue().encode("gb18030")


def as_xlsx(feed: Feed, row: Row) -> bytes:
    """Dates as date cells, whole numbers and amounts as numbers, as a person would type them; codes as text."""
    known, buffer = columns(feed), io.BytesIO()
    with xlsxwriter.Workbook(buffer, {"default_date_format": "yyyy/m/d"}) as book:
        sheet = book.add_worksheet()
        raw = raw_from_cells(feed, row)
        for place, (column, cell) in enumerate(row.items()):
            sheet.write_string(0, place, column)
            field = known[column]
            if field is not None and field.kind in ("date", "until") and field.name in raw:
                sheet.write_datetime(1, place, date.fromisoformat(str(raw[field.name])))
            elif field is not None and field.kind in ("money", "quantity", "int") and cell.replace(".", "").isdigit():
                sheet.write_number(1, place, float(cell))
            else:
                sheet.write_string(1, place, cell)
    return buffer.getvalue()


def judge(feed: Feed, content: bytes, department: str | None = None) -> Verdicts:
    sender = department or feed.departments[0]
    account = Account("department", sender, "department", "530925", sender, "530925")
    return judge_file(feed, account, sender, content, VAULT, NOW, len)


def record_id(feed: Feed, row: Row, department: str | None = None) -> str:
    (one,) = judge(feed, as_csv(row), department).accepted
    return one.record_id


@every_feed
def test_a_file_gives_the_same_record_as_json(feed: Feed) -> None:
    row = SAMPLES[feed.slug].row()
    ids = set()
    for content in (as_csv(row), as_xlsx(feed, row)):
        verdicts = judge(feed, content)
        assert verdicts.rejected == []
        (one,) = verdicts.accepted
        raw = SAMPLES[feed.slug].raw(feed.slug, record_id=one.record_id)
        (same,) = judge_all(feed, feed.departments[0], [without_feed(raw)], NOW).accepted
        assert replace(one, places=((0, None),)) == same
        ids.add(one.record_id)
    assert len(ids) == 1


@every_feed
def test_the_sample_fills_every_column(feed: Feed) -> None:
    optional = {"记录编号", "状态", "县区代码", "发生日期", "姓名", "身份证号", "户编号"}
    assert set(SAMPLES[feed.slug].row()) >= set(columns(feed)) - optional


KEYS = {
    "medical-expense": ("身份证号", "住院日期", "结算日期", "医院名称"),
    "serious-disease": ("身份证号", "病种"),
    "epidemic-area": ("行政区划代码", "开始日期"),
    "dangerous-house": ("房屋编号", "认定日期"),
    "house-defect": ("房屋编号", "发现日期"),
    "unemployment": ("身份证号", "末次务工日期"),
    "employment-need": ("身份证号", "月份"),
    "disability": ("残疾人证号",),
    "disaster-loss": ("户编号", "灾种", "受灾日期"),
    "industry-loss": ("户编号", "产业项目", "发现日期"),
    "forest-damage": ("户编号", "灾害", "发现日期"),
    "drinking-water": ("户编号", "发现日期"),
    "school-dropout": ("身份证号", "辍学日期"),
    "education-cost": ("身份证号", "学校", "学年"),
    "traffic-accident": ("身份证号", "事故日期"),
    "crime-victim": ("身份证号", "案发日期"),
    "assistance": ("身份证号", "救助类别", "开始日期"),
    "income": ("户编号", "起始月", "截止月"),
    "spending": ("户编号", "年度"),
    "suspected-household": ("户编号", "风险类型", "月份"),
    "self-report": ("渠道", "受理编号"),
    "exclusion-answer": ("户编号", "情形"),
    "area-event": ("事件类别", "行政区划代码", "开始日期"),
    "nil-return": ("报送事项", "月份"),
    "household-alias": ("户编号", "编号类别", "对应编号", "开始日期"),
    "exclusion-override": ("户编号", "情形"),
    "match-decision": ("数据类别", "报送部门", "对应记录编号"),
}
OTHERWISE = {
    "身份证号": OTHER,
    "户编号": "H2",
    "行政区划代码": "530925102",
    "残疾人证号": OTHER + "72",
    "灾种": "洪涝",
    "灾害": "林业有害生物",
    "救助类别": "低保",
    "风险类型": "因病",
    "渠道": "媒体",
    "事件类别": "疫情",
    "报送事项": "残疾人证",
    "情形": "8",
    "编号类别": "建档立卡编号",
    "数据类别": "危房认定",
    "年度": "2020",
    "月份": "2021-09",
    "起始月": "2020-09",
    "截止月": "2021-08",
}


@every_feed
def test_the_natural_key_makes_the_id_and_nothing_else_does(feed: Feed) -> None:
    row = SAMPLES[feed.slug].row()
    known = record_id(feed, row)
    for column in row:
        if column in ("修订号", "上报时间"):
            continue
        own = columns(feed)[column]
        if column in KEYS[feed.slug]:
            dated = own is not None and own.kind == "date"
            other = OTHERWISE.get(column, "2021-10-06" if dated else "另一个")
            assert record_id(feed, {**row, column: other}) != known, column
        elif own is not None and not own.required:
            assert record_id(feed, {**row, column: ""}) == known, column


def test_a_nil_return_is_the_departments_own() -> None:
    row = SAMPLES["nil-return"].row()
    ids = {record_id(FEEDS["nil-return"], row, department) for department in ("health", "water", "health")}
    assert len(ids) == 2


def test_the_household_stands_in_where_nobody_is_named() -> None:
    row = SAMPLES["assistance"].row()
    del row["身份证号"]
    assert record_id(FEEDS["assistance"], row | {"户编号": "H1"}) != record_id(
        FEEDS["assistance"], row | {"户编号": "H2"}
    )


@pytest.mark.parametrize("slug", [slug for slug, key in KEYS.items() if "身份证号" in key and slug != "assistance"])
def test_a_row_without_its_natural_key_needs_an_id(slug: str) -> None:
    feed = FEEDS[slug]
    row = SAMPLES[feed.slug].row() | {"户编号": "H1", "身份证号": ""}
    (one,) = judge(feed, as_csv(row)).rejected
    assert (one.problem.code, one.problem.field) == ("MISSING_FIELD", "record_id")


DATED = [feed for feed in SENT if feed.own_date != "occurred_on"]


@pytest.mark.parametrize("feed", DATED, ids=lambda feed: feed.slug)
def test_a_column_of_the_common_date_does_not_stand_in_for_the_feeds_own_date(feed: Feed) -> None:
    own = next(field.column for field in feed.fields if field.name == feed.own_date)
    row = SAMPLES[feed.slug].row()
    only = {("发生日期" if column == own else column): cell for column, cell in row.items()}
    with pytest.raises(HttpProblem) as caught:
        judge(feed, as_csv(only))
    assert (caught.value.code, own in caught.value.detail) == ("HEADER_MISSING", True)
    (one,) = judge(feed, as_csv({**row, "发生日期": row[own], own: ""})).rejected
    assert (one.problem.code, one.problem.field) == ("MISSING_FIELD", feed.own_date)
    withdrawn = judge(feed, as_csv({"记录编号": "r-1", "状态": "撤回", **only}))
    assert [one.record_id for one in withdrawn.accepted] == ["r-1"]


@every_feed
def test_the_template_is_a_file_of_the_feed(feed: Feed) -> None:
    book = python_calamine.CalamineWorkbook.from_filelike(io.BytesIO(template(feed)))
    (header,) = book.get_sheet_by_index(0).to_python()
    assert header == list(columns(feed))
    with pytest.raises(HttpProblem) as caught:
        judge(feed, template(feed))
    assert caught.value.code == "FILE_EMPTY"


@every_feed
def test_the_templates_drop_downs_offer_the_choices_of_their_column(feed: Feed) -> None:
    with zipfile.ZipFile(io.BytesIO(template(feed))) as archive:
        sheet = archive.read("xl/worksheets/sheet1.xml").decode()
    offered = {
        range_.split(":")[0].rstrip("0123456789"): choices.split(",")
        for range_, choices in re.findall(r'type="list".*? sqref="([A-Z0-9:]+)"><formula1>"(.*?)"</formula1>', sheet)
    }
    expected = {xl_col_to_name(place): ["有效", "撤回"] for place, one in enumerate(columns(feed)) if one == "状态"} | {
        xl_col_to_name(place): field.choices()
        for place, field in enumerate(columns(feed).values())
        if field is not None and field.choices()
    }
    assert offered == expected


@every_feed
def test_what_the_template_offers_is_understood(feed: Feed) -> None:
    for column, field in columns(feed).items():
        for choice in field.choices() if field is not None else ():
            row = {**SAMPLES[feed.slug].row(), column: choice, "记录编号": "r-1", "县区代码": "530925"}
            assert parse_record(feed, raw_from_cells(feed, row), now=NOW), (column, choice)


@every_feed
def test_a_numeric_identity_number_refuses_the_file(feed: Feed) -> None:
    for column in {"身份证号", "残疾人证号"} & set(SAMPLES[feed.slug].row()):
        with pytest.raises(HttpProblem) as caught:
            judge(feed, as_csv({**SAMPLES[feed.slug].row(), column: "5.30925E+17"}))
        assert caught.value.code == "ID_COLUMN_NUMERIC"


def test_white_space_around_a_cells_text_is_cut_before_it_is_judged() -> None:
    feed = FEEDS["medical-expense"]
    row = SAMPLES[feed.slug].row() | {"记录编号": "m-1\n", "姓名": "\t示例甲\r\n", "诊断": "骨折\n住院"}
    (one,) = judge(feed, as_csv(row | {"医院名称": " 县人民医院\n"})).accepted
    assert one.record_id == "m-1"
    (bad,) = judge(feed, as_csv(row | {"医院名称": "县人民\n医院"})).rejected
    assert (bad.problem.code, bad.problem.field) == ("BAD_TEXT", "hospital")


def test_a_column_of_ids_that_is_left_empty_is_none() -> None:
    feed = FEEDS["dangerous-house"]
    row = SAMPLES[feed.slug].row()
    blank = {"记录编号": "", **row}
    (one,) = judge(feed, as_csv(blank)).accepted
    assert one.record_id == record_id(feed, row)
    mixed = judge(feed, as_csv(blank, {"记录编号": "h-2", **row}))
    assert [one.record_id for one in mixed.accepted] == ["h-2"]
    assert [(one.index, one.problem.code) for one in mixed.rejected] == [(0, "MISSING_FIELD")]
