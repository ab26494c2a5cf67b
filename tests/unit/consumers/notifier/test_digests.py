"""What a digest says."""

from datetime import date
from pathlib import Path

from consumers.notifier.digests import Line, digest_text, risk_words, write_file
from fangpin.policies import load_book

DAY = date(2021, 11, 2)


def test_counts_households_and_says_where_no_day_is_set() -> None:
    lines = [
        Line("因病", date(2021, 11, 1), date(2021, 11, 25), 2),
        Line("住房", date(2021, 10, 30), None, 1),
    ]
    assert digest_text("忙糯村", DAY, lines).splitlines() == [
        "忙糯村 2021-11-02 新预警 3 条",
        "- 因病：2 条，自 2021-11-01 起，请于 2021-11-25 前核实",
        "- 住房：1 条，自 2021-10-30 起，文件未规定核实期限",
        "请登录收件箱查看农户并核实。",
    ]


def test_a_file_a_day_and_village_and_nothing_half_written(tmp_path: Path) -> None:
    path = write_file(tmp_path, "530925101201", DAY, "one\n")
    assert write_file(tmp_path, "530925101201", DAY, "two\n") == path
    assert path == tmp_path / "digests" / "2021-11-02" / "530925101201.txt"
    assert path.read_text(encoding="utf-8") == "two\n"
    assert [one.name for one in path.parent.iterdir()] == ["530925101201.txt"]


def test_reminders_follow_the_warnings_and_may_stand_alone() -> None:
    reminders = ["- 明天到期：医疗保障局 因病预警线索（11月20日前）"]
    alone = digest_text("清丰县", DAY, [], reminders).splitlines()
    assert alone == ["清丰县 2021-11-02 报送提醒 1 项", *reminders, "没有可报的，请做零报告；详情见“报送”页。"]
    both = digest_text("忙糯村", DAY, [Line("因病", date(2021, 11, 1), None, 1)], reminders).splitlines()
    assert both[0] == "忙糯村 2021-11-02 新预警 1 条"
    assert both[3] == "忙糯村 2021-11-02 报送提醒 1 项"


def test_each_county_in_its_own_words() -> None:
    book = load_book()
    words = {county: risk_words(book, county) for county in ("440825", "530925", "410922")}
    assert [words[county]["illness"] for county in words] == ["因大病重病", "因病", "因病"]
    assert [words[county]["accident"] for county in words] == ["因突发事件", "因意外事故", "因突发事件"]
    assert [words[county]["unemployment"] for county in words] == ["就业不稳", "就业不稳", "就业困难"]
