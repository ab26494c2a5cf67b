"""The guide on adding a feed is true: its steps are carried out on a copy, and every feed has the parts that it names."""

import ast
import json
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from fangpin import avro
from fangpin.domain.feeds import DEPARTMENTS, FEEDS, Feed, Field
from fangpin.topics import FEED_TOPICS
from services.simulator.feeds import PLAYED
from tests.feed_samples import SAMPLES
from tests.records import common, household

ROOT = Path(__file__).resolve().parent.parent.parent
GUIDES = ROOT / "docs" / "guides"
CODE = ("fangpin", "consumers", "projections", "services")
SENT = [feed for feed in FEEDS.values() if feed.role in ("fact", "county")]
RECORD = {"subject": {"household_no": "H1"}, "cause": "no-oxygen", "found_on": "2021-10-08"}
LOOK = """
import csv, io
from datetime import UTC, datetime
from fangpin import avro
from fangpin.domain.feeds import FEEDS
from fangpin.ports import Account
from fangpin.topics import FEED_TOPICS
from fangpin.vault import Vault
from services.intake.files import judge_file
from services.intake.template import template

feed = FEEDS["fishery-loss"]
account = Account("department", "a", "department", "410922", "agriculture", "410922")
row = {"户编号": "H1", "原因": "病害", "损失金额": "1200", "发现日期": "2021年10月8日"}
file = io.StringIO()
csv.writer(file).writerows((row.keys(), row.values()))
verdicts = judge_file(feed, account, "agriculture", file.getvalue().encode(), Vault(b"s" * 32), datetime.now(UTC), len)
assert verdicts.rejected == [], verdicts.rejected
name, datum = avro.decode(verdicts.accepted[0].payload, "feed.fishery-loss")
assert (datum["cause"], str(datum["loss_amount"])) == ("disease", "1200.00")
assert "feed.fishery-loss" in FEED_TOPICS
assert template(feed).startswith(b"PK")
assert "fishery-loss" in FEEDS["nil-return"].field("of_feed").symbols
print("as the guide says")
"""


@pytest.fixture(scope="module")
def copy(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The hub's code with the guide's steps carried out."""
    copied = tmp_path_factory.mktemp("copy")
    for name in (*CODE, "schemas", "policies"):
        shutil.copytree(ROOT / name, copied / name, ignore=shutil.ignore_patterns("__pycache__", "node_modules"))
    blocks = _blocks((GUIDES / "adding-a-feed.md").read_text(encoding="utf-8"))
    for path in ("fangpin/domain/feeds/fishery_loss.py", "schemas/avro/feed.fishery-loss.avsc"):
        (copied / path).write_text(blocks[path], encoding="utf-8")
    table = copied / "fangpin" / "domain" / "feeds" / "__init__.py"
    _insert(table, "_FEEDS = (\n", "    FISHERY_LOSS,\n")
    _insert(table, "from types import MappingProxyType\n", blocks["fangpin/domain/feeds/__init__.py"])
    ids = copied / "schemas" / "avro" / "ids.json"
    given = json.loads(ids.read_text(encoding="utf-8"))
    ids.write_text(json.dumps({**given, "feed.fishery-loss": max(given.values()) + 1}), encoding="utf-8")
    _insert(copied / "policies" / "qingfeng-2021.yaml", "\nrules:\n", blocks["policies/qingfeng-2021.yaml"])
    return copied


def _blocks(guide: str) -> dict[str, str]:
    """The guide's files by their path."""
    return dict(re.findall(r"^```\w+ (\S+)\n(.*?)^```$", guide, re.MULTILINE | re.DOTALL))


def _insert(path: Path, after: str, text: str) -> None:
    whole = path.read_text(encoding="utf-8")
    assert whole.count(after) == 1
    path.write_text(whole.replace(after, after + text), encoding="utf-8")


def _run(copied: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    environment = {"PYTHONPATH": str(copied), "PYTHONDONTWRITEBYTECODE": "1", "PYTHONUTF8": "1"}
    return subprocess.run(
        [sys.executable, *arguments], cwd=copied, env=environment, capture_output=True, text=True, timeout=120
    )


def test_the_new_feed_warns(copy: Path) -> None:
    records = [
        common("fishery-loss", "f-1", **RECORD | {"county_code": "410922", "cause": "disease"}),
        common("fishery-loss", "f-2", **RECORD | {"county_code": "410922"}),
        common("fishery-loss", "f-3", **RECORD | {"county_code": "410922", "restocked_on": "2021-10-07"}),
        household(county_code="410922", village_code="410922100201"),
    ]
    lines = copy / "records.ndjson"
    lines.write_text("".join(json.dumps(one) + "\n" for one in records), encoding="utf-8")
    done = _run(copy, "-m", "services.cli.main", "evaluate", "--on", "2021-11-01", str(lines))
    assert (done.returncode, len(done.stdout.splitlines())) == (3, 1), done.stderr
    assert json.loads(done.stdout)["evidence"] == ["f-1"]
    remark = json.loads(done.stderr)
    assert (remark["record_id"], remark["code"], remark["field"]) == ("f-3", "TIME_RANGE", "restocked_on")


def test_the_new_feed_has_files_a_topic_and_a_nil_return(copy: Path) -> None:
    done = _run(copy, "-c", LOOK)
    assert (done.returncode, done.stdout.strip()) == (0, "as the guide says"), done.stderr


@pytest.mark.parametrize("feed", SENT, ids=lambda feed: feed.slug)
def test_every_feed_has_the_parts_that_the_guide_names(feed: Feed) -> None:
    name = f"feed.{feed.slug}"
    assert (ROOT / "fangpin" / "domain" / "feeds" / f"{feed.slug.replace('-', '_')}.py").exists()
    assert name in FEED_TOPICS
    assert name in avro.schemas()
    assert name in json.loads((ROOT / "tests" / "golden" / "avro.json").read_text(encoding="utf-8"))
    assert feed.slug in SAMPLES
    assert feed.slug in PLAYED
    guide = (GUIDES / "department.zh.md").read_text(encoding="utf-8")
    (row,) = [line for line in guide.splitlines() if line.startswith(f"| `{feed.slug}` ")]
    assert feed.title in row
    told = row.split("|")[4].strip().split("、")
    assert told == [one.column + ("" if one.required and whole.required else "*") for whole, one in _columns(feed)]
    assert set(feed.departments) <= set(DEPARTMENTS)
    fields = {field.name for field in feed.fields}
    assert feed.own_date in fields or feed.own_date == "occurred_on"
    for part in feed.natural_key:
        assert set(part.split("|")) <= fields | {"id_number", "household_no", "department"}
    assert all(field.column and field.doc for field in feed.fields)
    assert all(
        field.label(slug) != slug or slug.isdigit() or len(slug) == 1 for field in feed.fields for slug in field.symbols
    )


def _columns(feed: Feed) -> list[tuple[Field, Field]]:
    """The feed's own columns, each with the field of which it is a part, or itself."""
    return [(field, one) for field in feed.fields for one in (field.parts or (field,))]


def _asked(tree: ast.AST) -> Iterator[Any]:
    """What is compared with something, of `==`, `in` and `match`; not what is compared with a role."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Compare):
            sides = [node.left, *node.comparators]
            if not any(isinstance(side, ast.Attribute) and side.attr == "role" for side in sides):
                yield from sides
        elif isinstance(node, ast.match_case):
            yield node.pattern


def _constants(tree: ast.Module) -> dict[str, Any]:
    return {
        target.id: node.value.value
        for node in tree.body
        if isinstance(node, ast.Assign) and isinstance(node.value, ast.Constant)
        for target in node.targets
        if isinstance(target, ast.Name)
    }


def _slugs_asked_for(path: Path) -> set[str]:
    """The slugs that the file compares with something, written out or under a name, its own or imported."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    named = _constants(tree)
    for node in ast.walk(tree):
        if isinstance(node, ast.ImportFrom) and node.module and node.module.startswith(CODE):
            source = ROOT / (node.module.replace(".", "/") + ".py")
            if source.exists():
                named |= _constants(ast.parse(source.read_text(encoding="utf-8")))
    found = set()
    for side in _asked(tree):
        for node in ast.walk(side):
            value = node.value if isinstance(node, ast.Constant) else named.get(getattr(node, "id", ""))
            if isinstance(value, str) and value in FEEDS:
                found.add(value)
    return found


@pytest.mark.parametrize("folder", CODE)
def test_no_code_outside_a_feeds_own_file_asks_which_feed_it_has(folder: str) -> None:
    own = {slug.replace("-", "_") for slug in FEEDS}
    asking = {
        str(path.relative_to(ROOT)): slugs
        for path in sorted((ROOT / folder).rglob("*.py"))
        if not (path.parent.name == "feeds" and path.stem in own) and (slugs := _slugs_asked_for(path))
    }
    assert asking == {}


def test_the_search_finds_what_it_forbids(tmp_path: Path) -> None:
    path = tmp_path / "x.py"
    path.write_text('A = "income"\nif one.feed == A or feed in ("spending",):\n    pass\nb = feed.role == "clock"\n')
    assert _slugs_asked_for(path) == {"income", "spending"}
