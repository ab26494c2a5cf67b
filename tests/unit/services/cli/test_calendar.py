"""`fangpin calendar`: for officers and for programs."""

import json

import pytest
from typer.testing import CliRunner, Result

from services.cli.calendar import app

RUNNER = CliRunner()


def run(*arguments: str) -> Result:
    return RUNNER.invoke(app, list(arguments))


def test_a_month_as_lines() -> None:
    done = run("410922", "--month", "2024-02")
    assert done.exit_code == 0, done.output
    lines = done.output.splitlines()
    assert lines[0] == "清丰县 410922  2024年2月报送日历"
    assert [line for line in lines if line.startswith("2月")] == [
        "2月20日 周二",
        "2月25日 周日（非工作日；文件未规定顺延，仍以此日为限）",
        "2月28日 周三",
        "2月29日 周四",
    ]
    assert "  医疗保障局、卫生健康局 → 县领导小组办公室：因病预警线索（每月，2024年2月）" in lines
    assert lines.index("期内完成，文件未规定日期") < lines.index("发生后限期完成")
    assert lines[-2] == "  村 → 住房和城乡建设局：发现住房问题上报（发生后1日内）"
    assert lines[-1] == "    依据 清脱贫组〔2021〕12号 附件1 第6项 县住建局“发现问题必须在一日内上报”"
    assert done.output.count("将因病、县教育局将因学") == 1


def test_the_county_by_its_name_as_json() -> None:
    done = run("清丰县", "--month", "2021-11", "--json")
    found = json.loads(done.output)
    assert (found["county_code"], found["first"], found["last"]) == ("410922", "2021-11-01", "2021-11-30")
    assert found["without_pack"] == []
    duties = {one["id"]: one for one in found["duties"]}
    decision = duties["township-review"]
    assert (decision["due_on"], decision["working_day"], decision["by"], decision["by_names"]) == (
        "2021-11-28",
        False,
        ["township"],
        ["乡镇"],
    )
    assert decision["clause"] == "四（四）乡镇复核"
    assert decision["quote"] == "纳入预警监测对象上报县扶贫办（每月28日前完成）"
    assert (duties["housing-one-day"]["due_on"], duties["housing-one-day"]["within_days"]) == (None, 1)


def test_both_documents_of_a_month_are_named() -> None:
    done = run("440229", "--month", "2023-04")
    assert "实施方案 (2020)" in done.output
    assert "翁乡振字〔2023〕10号" in done.output
    assert "没有已录入的政策文件" not in done.output


@pytest.mark.parametrize(
    ("county", "month", "spans"),
    [
        ("440229", "2020-06", [("2020-06-01", "2020-06-30")]),
        ("440229", "2020-07", []),
        ("530925", "2021-09", [("2021-09-01", "2021-09-27")]),
    ],
)
def test_days_without_a_document_are_said(county: str, month: str, spans: list[tuple[str, str]]) -> None:
    found = json.loads(run(county, "--month", month, "--json").output)
    assert [(one["first"], one["last"]) for one in found["without_pack"]] == spans
    assert run(county, "--month", month).output.count("没有已录入的政策文件") == len(spans)


def test_beyond_the_table_of_working_days_the_due_day_stands_and_the_rest_is_said() -> None:
    assert "2月29日 周二（工作日表只到2026年，是否工作日未知）" in run("410922", "--month", "2028-02").output
    found = json.loads(run("410922", "--month", "2028-02", "--json").output)
    assert {one["working_day"] for one in found["duties"]} == {None}


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["999999"], "没有 999999 的政策包。可用的是：410922（清丰县）"),
        (["410922", "--month", "2021-13"], "月份“2021-13”无法识别"),
        (["410922", "--month", "202111"], "月份“202111”无法识别"),
    ],
)
def test_a_wrong_call_says_what_to_do(arguments: list[str], message: str) -> None:
    done = run(*arguments)
    assert done.exit_code == 2
    assert message in done.output
