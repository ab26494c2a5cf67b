"""`fangpin policy check`: packs against themselves, their decision records and the documents."""

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner

from fangpin.domain.policy import Pack
from fangpin.domain.policy.numerals import squeeze
from fangpin.domain.policy.passages import bases
from fangpin.policies import DIRECTORY, load_packs
from services.cli.policy import app

RUNNER = CliRunner()


def test_the_packs_are_sound() -> None:
    done = RUNNER.invoke(app, ["check"])
    assert done.exit_code == 0, done.output
    assert [line.split(":")[0] for line in done.output.splitlines()] == [pack.id for pack in load_packs()]


def words_of(pack: Pack) -> str:
    return "".join(passage.quote for _, basis in bases(pack) for passage in basis.passages())


def test_quotations_are_found_whatever_the_white_space(tmp_path: Path) -> None:
    for pack in load_packs():
        words = squeeze(pack.document.number + words_of(pack))
        (tmp_path / f"{pack.id}.txt").write_text("\n ".join(words), encoding="utf-8")
    done = RUNNER.invoke(app, ["check", "--sources", str(tmp_path)])
    assert done.exit_code == 0, done.output
    assert done.output.count("every quotation found") == len(load_packs())


def test_a_quotation_that_is_not_in_the_document_fails(tmp_path: Path) -> None:
    pack = load_packs()[0]
    (tmp_path / "one.txt").write_text(pack.document.number, encoding="utf-8")
    done = RUNNER.invoke(app, ["check", "--sources", str(tmp_path)])
    assert done.exit_code == 1
    assert all(f"规则 {rule.id}：" in done.output for rule in pack.rules)
    assert all(f"报送事项 {duty.id}：" in done.output for duty in pack.duties)


def test_a_broken_pack_is_named(tmp_path: Path) -> None:
    (tmp_path / "broken.yaml").write_text("id: [", encoding="utf-8")
    done = RUNNER.invoke(app, ["check", "--directory", str(tmp_path)])
    assert done.exit_code == 1
    assert "broken.yaml" in done.output


def test_a_case_that_no_longer_holds_is_named(tmp_path: Path) -> None:
    for path in DIRECTORY.glob("shuangjiang-2021*.yaml"):
        (tmp_path / path.name).write_text(
            path.read_text(encoding="utf-8").replace(
                'self_paid: "6000.01"}, met: true', 'self_paid: "6000.01"}, met: false'
            ),
            encoding="utf-8",
        )
    done = RUNNER.invoke(app, ["check", "--directory", str(tmp_path)])
    assert done.exit_code == 1
    assert "规则 medical-self-paid：案例（2021-10-08，self_paid 6000.01）" in done.output
    assert "判断为符合，与案例表不一致" in done.output


def test_a_pack_without_a_boundary_table_is_refused(tmp_path: Path) -> None:
    name = "shuangjiang-2021.yaml"
    (tmp_path / name).write_text((DIRECTORY / name).read_text(encoding="utf-8"), encoding="utf-8")
    done = RUNNER.invoke(app, ["check", "--directory", str(tmp_path)])
    assert done.exit_code == 1
    assert "的边界案例表，请补写" in done.output


@pytest.mark.parametrize("pack", load_packs(), ids=lambda pack: pack.id)
def test_a_pack_is_shown(pack: Pack) -> None:
    done = RUNNER.invoke(app, ["show", pack.id])
    assert done.exit_code == 0
    for words in (pack.document.number, *(rule.sentence for rule in pack.rules), *(one.what for one in pack.chain)):
        assert words in done.output
    as_json = RUNNER.invoke(app, ["show", pack.id, "--json"])
    assert json.loads(as_json.output)["rules"][0]["id"] == pack.rules[0].id


def test_how_long_a_list_hangs_is_shown_with_its_step_and_is_no_deadline() -> None:
    done = RUNNER.invoke(app, ["show", "shuangjiang-2021"])
    assert "  6. 公示（村，为期5个工作日；三（四））" in done.output
    assert "（发生后" not in done.output


def test_bodies_without_a_slug_are_shown_where_they_lead_or_act() -> None:
    lines = RUNNER.invoke(app, ["show", "shuangjiang-2021"]).output.splitlines()
    assert "  志智帮扶：人力资源和社会保障局、县委宣传部（四（十））" in lines
    assert any("联审（" in line and "残疾人联合会、人行；" in line for line in lines)


def test_two_packs_are_compared() -> None:
    done = RUNNER.invoke(app, ["diff", "wengyuan-2020", "wengyuan-2023"])
    assert done.exit_code == 0
    assert "≠ valid_from：2020-07-01 → 2023-04-21" in done.output
    assert "－ rules.spending-surge" in done.output
    found = json.loads(RUNNER.invoke(app, ["diff", "wengyuan-2020", "wengyuan-2023", "--json"]).output)
    assert {"path", "change", "before", "after"} == set(found[0])
    assert "rules.income-warn-2023-07" in {one["path"] for one in found if one["change"] == "added"}


@pytest.mark.parametrize("arguments", [["show", "nowhere"], ["diff", "qingfeng-2021", "nowhere"]])
def test_a_pack_that_is_not_there(arguments: list[str]) -> None:
    done = RUNNER.invoke(app, arguments)
    assert done.exit_code == 2
    assert "没有政策包 nowhere" in done.output
