"""`fangpin policy check`: packs against themselves, their decision records and the documents."""

from pathlib import Path

from typer.testing import CliRunner

from fangpin.domain.policy.numerals import squeeze
from fangpin.policies import load_packs
from services.cli.policy import app

RUNNER = CliRunner()


def test_the_packs_are_sound() -> None:
    done = RUNNER.invoke(app, ["check"])
    assert done.exit_code == 0, done.output
    assert [line.split(":")[0] for line in done.output.splitlines()] == [pack.id for pack in load_packs()]


def test_quotations_are_found_whatever_the_white_space(tmp_path: Path) -> None:
    for pack in load_packs():
        words = squeeze(pack.document.number + "".join(rule.basis.quote for rule in pack.rules))
        (tmp_path / f"{pack.id}.txt").write_text("\n ".join(words), encoding="utf-8")
    done = RUNNER.invoke(app, ["check", "--sources", str(tmp_path)])
    assert done.exit_code == 0, done.output
    assert done.output.count("every quotation found") == len(load_packs())


def test_a_quotation_that_is_not_in_the_document_fails(tmp_path: Path) -> None:
    pack = load_packs()[0]
    (tmp_path / "one.txt").write_text(pack.document.number, encoding="utf-8")
    done = RUNNER.invoke(app, ["check", "--sources", str(tmp_path)])
    assert done.exit_code == 1
    assert all(rule.id in done.output for rule in pack.rules)


def test_a_broken_pack_is_named(tmp_path: Path) -> None:
    (tmp_path / "broken.yaml").write_text("id: [", encoding="utf-8")
    done = RUNNER.invoke(app, ["check", "--directory", str(tmp_path)])
    assert done.exit_code == 1
    assert "broken.yaml" in done.output
