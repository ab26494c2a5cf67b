"""`fangpin publish`, and intake with a real broker."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

import httpx
import pytest
from litestar.testing import TestClient
from typer.testing import CliRunner

from deploy.embedded.kafka import EmbeddedKafka
from fangpin import database
from fangpin.kafka import Admin, Consumer
from fangpin.settings import Settings
from fangpin.topics import topic_specs
from services.access.seed import seed_accounts
from services.cli import publish, sending
from services.web.app import create_app
from tests.integration.services.conftest import COUNTIES
from tests.integration.services.test_intake import house

if TYPE_CHECKING:
    from tests.integration.services.conftest import Hub


@pytest.fixture
def run(hub: Hub, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Any:
    """Runs the command against the hub in this process; nothing judges the records, so it does not wait."""

    class Client:
        def __init__(self, *, headers: dict[str, str], **_: object) -> None:
            self._headers = headers

        def __enter__(self) -> Client:
            return self

        def __exit__(self, *_: object) -> None:
            pass

        def post(self, path: str, headers: dict[str, str] | None = None, **how: Any) -> httpx.Response:
            return hub.client.post(path, headers={**self._headers, **(headers or {})}, **how)

        def get(self, path: str, **how: Any) -> httpx.Response:
            return hub.client.get(path, headers=self._headers, **how)

    monkeypatch.setattr(publish.httpx, "Client", Client)
    monkeypatch.setattr(sending, "WAIT_S", 0.0)
    return lambda *arguments: CliRunner().invoke(publish.app, [*arguments, "--data", str(tmp_path)])


def test_records_are_sent_with_the_right_token(run: Any, tmp_path: Path) -> None:
    file = tmp_path / "r.ndjson"
    file.write_text("\n".join(json.dumps(one) for one in (house(1), {**house(2), "feed": "dangerous-house"})))
    found = run("dangerous-house", str(file), "--json")
    assert found.exit_code == 0, found.output
    report = json.loads(found.stdout)
    assert (report["accepted"], report["rejected"], report["outcomes"]) == (2, [], {"pending": 2})


def test_rows_that_cannot_be_used_are_named(run: Any, tmp_path: Path) -> None:
    file = tmp_path / "r.csv"
    file.write_text("户编号,房屋编号,危房等级,认定日期\nH,F1,C级,2021/10/5\nH,F2,Z,2021/10/5\n", encoding="utf-8")
    found = run("dangerous-house", str(file), "--county", "410922")
    assert found.exit_code == 3
    assert "已接收 1 条，退回 1 条" in found.stdout
    assert "ENUM" in found.stdout


def test_one_bad_line_stops_nothing_and_the_refused_rows_are_written(run: Any, tmp_path: Path) -> None:
    file, back = tmp_path / "r.ndjson", tmp_path / "back.xlsx"
    file.write_text("\n".join([json.dumps(house(1)), '{"a": NaN}', json.dumps(house(2, grade="Z"))]))
    found = run("dangerous-house", str(file), "--json", "--rejected", str(back))
    report = json.loads(found.stdout)
    assert (found.exit_code, report["accepted"]) == (3, 1)
    assert [(one["index"], one["code"]) for one in report["rejected"]] == [(1, "DECODE"), (2, "ENUM")]
    assert back.read_bytes().startswith(b"PK")


def test_amounts_of_a_json_file_go_out_as_they_were_written(tmp_path: Path) -> None:
    (tmp_path / "r.json").write_text('[{"loss_amount": 0.10, "county_code": "530925"}]')
    (upload,) = sending.uploads(tmp_path / "r.json")
    assert json.loads(upload.content) == {"records": [{"loss_amount": "0.10", "county_code": "530925"}]}
    assert sending.counties([upload]) == {"530925"}


def test_what_is_no_json_is_exit_2(run: Any, tmp_path: Path) -> None:
    (tmp_path / "r.json").write_text('{"records": [NaN]}')
    found = run("dangerous-house", str(tmp_path / "r.json"), "--county", "530925")
    assert found.exit_code == 2
    assert "Traceback" not in found.output


@pytest.mark.parametrize(("name", "content"), [("r.ndjson", "\n"), ("r.json", "[]"), ("r.csv", "")])
def test_a_file_without_records_is_exit_2(run: Any, tmp_path: Path, name: str, content: str) -> None:
    (tmp_path / name).write_text(content)
    found = run("dangerous-house", str(tmp_path / name), "--county", "530925")
    assert (found.exit_code, found.stdout) == (2, "")
    assert "没有记录" in found.stderr


@pytest.mark.parametrize(
    "arguments", [("nope", "x"), ("dangerous-house", "/nowhere/x.csv"), ("dangerous-house", "x.csv")]
)
def test_a_wrong_call_is_exit_2(run: Any, tmp_path: Path, arguments: tuple[str, str]) -> None:
    (tmp_path / "x.csv").write_text("a,b")
    feed, file = arguments
    found = run(feed, str(tmp_path / file))
    assert found.exit_code == 2
    assert found.stderr.startswith("错误：")


def test_a_202_means_that_the_broker_has_it(own_kafka: EmbeddedKafka, fresh_database: str, tmp_path: Path) -> None:
    admin = Admin(own_kafka.bootstrap)
    admin.create_topics(topic_specs(2))
    admin.close()
    with database.connect(fresh_database) as conn:
        credentials = seed_accounts(conn, COUNTIES, tmp_path, url="u", kafka="k", database="d")
    token = next(one["token"] for one in credentials["tokens"] if one.get("department") == "housing")
    settings = Settings(data_dir=tmp_path, DATABASE_URL=fresh_database, KAFKA_BOOTSTRAP_SERVERS=own_kafka.bootstrap)
    with TestClient(create_app(settings)) as client:
        parts = client.get("/health").json()["parts"]
        assert (parts["broker"], parts["database"]) == ("ok", "ok")
        answer = client.post(
            "/api/v1/feeds/dangerous-house/records",
            json={"records": [house(1), house(2)]},
            headers={"Authorization": f"Bearer {token}"},
        )
        assert answer.status_code == 202
        consumer = Consumer(own_kafka.bootstrap, ["feed.dangerous-house"], None)
        ends = consumer.log_ends(consumer.partitions(["feed.dangerous-house"]))
        consumer.close()
        assert sum(ends.values()) == 2
