"""`fangpin evaluate` as a program: what it prints, what it exits with."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

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
    assert done.stderr.strip()
