"""`fangpin policy propose | approve | active` against a hub that answers what it is told to."""

import json
from pathlib import Path
from typing import Any

import httpx
import pytest
from typer.testing import CliRunner

from services.cli import policy_activation
from services.cli.policy import app
from tests.packs import pack_text

RUNNER = CliRunner()


@pytest.fixture
def asked(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> list[tuple[str, str, Any, str]]:
    """What was asked of the hub; it answers every question with a proposal."""
    access = {"url": "http://hub", "tokens": [{"role": "operator", "token": "op"}], "officers": []}
    (tmp_path / "credentials.json").write_text(json.dumps(access), encoding="utf-8")
    found: list[tuple[str, str, Any, str]] = []

    def request(method: str, url: str, *, json: Any, headers: dict[str, str], **_: Any) -> httpx.Response:
        found.append((method, url, json, headers["Authorization"]))
        if url.endswith("refused/approval"):
            return httpx.Response(409, json={"detail": "提出人不能批准自己的提案，须由另一人批准。"})
        return httpx.Response(200, json={"proposal": "policy-1", "digest": "d", "pack": "p", "from": "2022-01-01"})

    monkeypatch.setattr(policy_activation.httpx, "request", request)
    return found


def run(data: Path, *arguments: str) -> Any:
    return RUNNER.invoke(app, [*arguments, "--data", str(data)])


def test_a_proposal_sends_the_whole_text_and_prints_its_id(asked: list[Any], tmp_path: Path) -> None:
    path = tmp_path / "next.yaml"
    path.write_text(pack_text(), encoding="utf-8")
    (tmp_path / "next.cases.yaml").write_text("pack: p\n", encoding="utf-8")
    done = run(tmp_path, "propose", str(path), "--from", "2022-01-01", "--reason", "新文件印发")
    assert (done.exit_code, done.stdout.strip()) == (0, "policy-1")
    body = {"content": pack_text(), "from": "2022-01-01", "reason": "新文件印发", "cases": "pack: p\n"}
    assert asked == [("POST", "http://hub/api/v1/policies/proposals", body, "Bearer op")]


def test_an_approval_is_of_the_text_as_it_is_now(asked: list[Any], tmp_path: Path) -> None:
    assert run(tmp_path, "approve", "policy-1").exit_code == 0
    assert [(method, url.rpartition("/")[2], body) for method, url, body, _ in asked] == [
        ("GET", "policy-1", None),
        ("POST", "approval", {"digest": "d"}),
    ]


def test_the_hubs_no_is_said(asked: list[Any], tmp_path: Path) -> None:
    done = run(tmp_path, "approve", "refused")
    assert done.exit_code == 1
    assert "须由另一人批准" in done.output


def test_without_a_hub_and_with_a_name_that_nobody_has_it_is_the_call_that_was_wrong(
    asked: list[Any], tmp_path: Path
) -> None:
    assert run(tmp_path / "none", "active", "530925").exit_code == 2
    done = run(tmp_path, "active", "530925", "--officer", "nobody")
    assert done.exit_code == 2
    assert "没有账号 nobody" in done.output


def test_a_pack_without_its_boundary_table_is_not_proposed(asked: list[Any], tmp_path: Path) -> None:
    path = tmp_path / "next.yaml"
    path.write_text(pack_text(), encoding="utf-8")
    for more in ((), ("--cases", str(tmp_path / "elsewhere.yaml"))):
        done = run(tmp_path, "propose", str(path), "--from", "2022-01-01", "--reason", "新文件印发", *more)
        assert done.exit_code == 2
        assert "没有边界案例表" in done.output
    assert asked == []
