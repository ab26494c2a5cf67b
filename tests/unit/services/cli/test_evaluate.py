"""`fangpin evaluate` as a program: what it prints, what it exits with."""

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from tests.records import OTHER, PERSON, Raw, bill, household

EXAMPLES = Path(__file__).parents[3] / "golden" / "examples"
PROGRAM = [sys.executable, "-c", "from services.cli.main import app; app()", "evaluate"]


def run(*arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run([*PROGRAM, *arguments], capture_output=True, text=True, check=False)


def test_the_examples() -> None:
    register, records = EXAMPLES / "register.ndjson", EXAMPLES / "records.ndjson"
    done = run("--on", "2021-11-01", "--register", str(register), str(records))
    expected = [json.loads(line) for line in (EXAMPLES / "expected-on-2021-11-01.ndjson").read_text().splitlines()]
    printed = [json.loads(line) for line in done.stdout.splitlines()]
    assert [{key: one[key] for key in expected[0]} for one in printed] == expected
    assert done.returncode == 0
    assert printed[0]["rules"][0]["arithmetic"] == "5500.01 > 5500.00"


def test_what_cannot_be_used_is_named_and_the_rest_goes_on(tmp_path: Path) -> None:
    lines = (EXAMPLES / "records.ndjson").read_text().splitlines()
    bad = json.loads(lines[0]) | {"record_id": "bad", "self_paid": "1,000"}
    path = tmp_path / "records.ndjson"
    path.write_text("\n".join([json.dumps(bad), "not json", lines[0]]))
    done = run("--on", "2021-11-01", "--register", str(EXAMPLES / "register.ndjson"), str(path))
    assert done.returncode == 3
    problems = [json.loads(line) for line in done.stderr.splitlines()]
    assert {problem["code"] for problem in problems} == {"DECODE", "NUM_FORMAT"}
    assert len(done.stdout.splitlines()) == 1


@pytest.mark.parametrize("arguments", [["--on", "yesterday", "x"], ["--pack", "nowhere-1999", "x"], ["missing.ndjson"]])
def test_a_wrong_call(arguments: list[str]) -> None:
    done = run(*arguments)
    assert done.returncode == 2
    assert done.stderr.startswith("错误：")


def lines(path: Path, *raws: Raw) -> str:
    path.write_text("\n".join(json.dumps(raw, ensure_ascii=False) for raw in raws), encoding="utf-8")
    return str(path)


def outcome(tmp_path: Path, *raws: Raw, options: tuple[str, ...] = ()) -> tuple[int, list[Any], list[Any]]:
    done = run("--on", "2021-12-31", *options, lines(tmp_path / "records.ndjson", *raws))
    printed = [[json.loads(line) for line in text.splitlines()] for text in (done.stdout, done.stderr)]
    return done.returncode, printed[0], printed[1]


def test_a_note_refuses_nothing(tmp_path: Path) -> None:
    status, found, notes = outcome(tmp_path, household(), bill(subject={"id_number": PERSON, "name": "示例龑"}))
    assert status == 0
    assert [one["evidence"] for one in found] == [["m-1"]]
    assert [(one["code"], one["record_id"], one["note"]) for one in notes] == [("NAME_DIFF", "m-1", True)]


def test_a_revision_below_a_files_is_told_which_one_to_use(tmp_path: Path) -> None:
    status, found, notes = outcome(
        tmp_path, household(), bill(revision=1_636_000_000), bill(self_paid="1.00", revision=2)
    )
    assert (status, [one["evidence"] for one in found]) == (0, [["m-1"]])
    assert [one["code"] for one in notes] == ["SUPERSEDED_BY_FILE"]
    assert "1636000001" in notes[0]["message"]


def test_F6_an_unmatched_record_counts_as_not_used(tmp_path: Path) -> None:
    status, found, problems = outcome(tmp_path, household(), bill(subject={"id_number": OTHER}))
    assert (status, found) == (3, [])
    assert set(problems[0]) == {"record_id", "feed", "code", "field", "message", "note"}
    assert [(one["code"], one["note"]) for one in problems] == [("UNMATCHED", False)]


def test_A2_a_line_is_read_as_strictly_as_intake_reads_it(tmp_path: Path) -> None:
    path = tmp_path / "records.ndjson"
    path.write_text('{"record_id": "a", "record_id": "b"}\n{"self_paid": NaN}\n')
    done = run(str(path))
    assert done.returncode == 3
    assert [json.loads(line)["code"] for line in done.stderr.splitlines()] == ["DECODE", "DECODE"]


def test_a_record_with_several_faults_is_one_line(tmp_path: Path) -> None:
    status, _, problems = outcome(tmp_path, bill(self_paid="x", hospital="", extra=1))
    assert status == 3
    assert [one["code"] for one in problems] == ["UNKNOWN_FIELD"]


def test_the_register_may_stand_after_the_records_and_in_the_same_file(tmp_path: Path) -> None:
    assert outcome(tmp_path, bill(), household())[0::2] == (0, [])


def test_counties_come_in_order_each_under_its_own_pack(tmp_path: Path) -> None:
    there = [{**raw, "county_code": "410922"} for raw in (household(), bill())]
    status, found, _ = outcome(tmp_path, household(), bill(), *there)
    assert status == 0
    assert [(one["county_code"], one["pack"]) for one in found] == [
        ("410922", "qingfeng-2021"),
        ("530925", "shuangjiang-2021"),
    ]


def test_another_countys_pack_on_anybodys_records(tmp_path: Path) -> None:
    raws = (household(), bill(self_paid="5999.99"))
    assert outcome(tmp_path, *raws)[1] == []
    _, found, _ = outcome(tmp_path, *raws, options=("--pack", "qingfeng-2021"))
    assert [(one["county_code"], one["pack"]) for one in found] == [("530925", "qingfeng-2021")]


def test_it_imports_nothing_heavy() -> None:
    heavy = ["kafka", "litestar", "polars", "sqlalchemy", "psycopg", "fastavro", "rich.progress"]
    check = f"import sys, services.cli.evaluate; print([one for one in {heavy} if one in sys.modules])"
    done = subprocess.run([sys.executable, "-c", check], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
