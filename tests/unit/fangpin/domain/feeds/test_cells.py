"""Cells to raw records."""

from __future__ import annotations

from datetime import date, datetime

import pytest

from fangpin.domain.errors import Refused
from fangpin.domain.feeds import FEEDS
from fangpin.domain.feeds.cells import columns, missing_columns, raw_from_cells


def one(feed: str, **cells: object) -> dict[str, object]:
    return raw_from_cells(FEEDS[feed], cells)


@pytest.mark.parametrize(
    ("cell", "raw"),
    [
        ("2021-07-05", "2021-07-05"),
        ("2021/7/5", "2021-07-05"),
        ("2021年7月5日", "2021-07-05"),
        (date(2021, 7, 5), "2021-07-05"),
        (datetime(2021, 7, 5), "2021-07-05"),
        (datetime(2021, 7, 5, 8, 30), "2021-07-05T08:30:00"),
        ("2021.3.7", "2021.3.7"),
        (45000.0, 45000.0),
    ],
)
def test_C11_dates_in_the_declared_forms_only(cell: object, raw: object) -> None:
    assert one("dangerous-house", 认定日期=cell) == {"graded_on": raw}


@pytest.mark.parametrize("cell", ["C级", "Ｃ", "C", "c级"])
def test_labels_become_slugs(cell: str) -> None:
    assert one("dangerous-house", 危房等级=cell) == {"grade": "C"}


def test_lists_booleans_and_whole_numbers() -> None:
    raw = one(
        "disaster-loss", 受灾情况="房屋倒塌、livestock", 重灾户="是", 死亡人数=0.0, 失踪人数="２", 损失金额=0.1 + 0.2
    )
    assert raw == {
        "damage": ["house-collapsed", "livestock"],
        "severe": True,
        "deaths": 0,
        "missing": 2,
        "loss_amount": "0.3",
    }
    assert one("disability", 残疾类别="肢体", 残疾等级="一级", 新增办证="否") == {"kind": 4, "grade": 1, "new": False}


def test_common_columns_and_subject() -> None:
    raw = one(
        "dangerous-house", 记录编号=" R1 ", 修订号=2.0, 状态="撤回", 县区代码=530925.0, 姓名="示例", 身份证号="x", 户编号=12.0,
        上报时间=datetime(2021, 11, 1, 10), 备注="不读", 原因="  ",
    )  # fmt: skip
    assert raw == {
        "record_id": "R1",
        "revision": 2,
        "status": "withdrawn",
        "county_code": "530925",
        "reported_at": "2021-11-01T10:00:00+08:00",
        "subject": {"name": "示例", "id_number": "x", "household_no": "12"},
    }


@pytest.mark.parametrize("cell", [530925197001019008.0, 5, "5.30925E+17"])
def test_C9_an_identity_number_that_is_a_number(cell: object) -> None:
    with pytest.raises(Refused) as caught:
        one("medical-expense", 身份证号=cell)
    assert caught.value.problems[0].code == "ID_COLUMN_NUMERIC"


def test_register_rows_hold_one_member() -> None:
    raw = one("household-register", 户编号="A", 户类型="脱贫户", 成员姓名="示例", 加入日期="2010/1/1", 共享收支="否")
    assert raw["class"] == "out-of-poverty"
    assert raw["members"] == [{"name": "示例", "joined_on": "2010-01-01", "shares_income": False}]


@pytest.mark.parametrize("feed", FEEDS.values(), ids=lambda feed: feed.slug)
def test_every_feed_can_be_a_file(feed: object) -> None:
    known = columns(feed)  # type: ignore[arg-type]
    assert missing_columns(feed, set(known)) == []  # type: ignore[arg-type]
    assert missing_columns(feed, set())  # type: ignore[arg-type]
