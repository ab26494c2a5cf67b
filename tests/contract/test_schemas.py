"""What a schema may be, that it stays readable both ways against every release, and that its bytes do not move."""

import json
from pathlib import Path
from typing import Any

import pytest
from avro.compatibility import ReaderWriterCompatibilityChecker, SchemaCompatibilityType
from avro.schema import parse

from fangpin import avro
from tests.schema_samples import sample

RELEASED = avro.DIRECTORY.parent / "released"
GOLDEN = Path(__file__).parent.parent / "golden" / "avro.json"
NAMES = sorted(avro.schemas())
RELEASES = sorted(RELEASED.glob("*/*.avsc"))


def faults(node: Any, open_names: tuple[str, ...] = ()) -> list[str]:
    """Recursion, arrays of null, defaults other than null, fields without a doc."""
    if isinstance(node, str):
        return [f"recursion: {node}"] if node in open_names else []
    if isinstance(node, list):
        return [fault for one in node for fault in faults(one, open_names)]
    if node["type"] == "array":
        empty = node["items"] == "null" or (isinstance(node["items"], list) and "null" in node["items"])
        return (["array of null"] if empty else []) + faults(node["items"], open_names)
    if node["type"] != "record":
        return []
    name = f"{node['namespace']}.{node['name']}" if "namespace" in node else node["name"]
    inner = (*open_names, name, node["name"])
    found = [] if node.get("doc") else [f"no doc: {name}"]
    for field in node["fields"]:
        place = f"{name}.{field['name']}"
        if not field.get("doc"):
            found.append(f"no doc: {place}")
        if field.get("default") is not None:
            found.append(f"default: {place}")
        found += faults(field["type"], inner)
    return found


@pytest.mark.parametrize("name", NAMES)
def test_V4_V5_V18_lint(name: str) -> None:
    assert faults(avro.schemas()[name].resolved) == []


def test_V4_V5_V18_the_lint_finds_what_it_forbids() -> None:
    field = {"name": "a", "doc": "x", "type": {"type": "array", "items": "null"}}
    node = {"type": "record", "name": "R", "doc": "x", "fields": [field]}
    assert faults(node) == ["array of null"]
    assert faults({**node, "fields": [{**field, "type": ["null", "R"]}]}) == ["recursion: R"]
    assert faults({**node, "fields": [{**field, "type": "int", "default": 1}]}) == ["default: R.a"]


def test_ids_are_unique() -> None:
    assert len(avro.by_id()) == len(avro.schemas())


@pytest.mark.parametrize("path", RELEASES, ids=lambda path: f"{path.parent.name}/{path.stem}")
def test_V17_V19_full_transitive(path: Path) -> None:
    released = parse(path.read_text(encoding="utf-8"))
    now = parse(json.dumps(avro.schemas()[path.stem].resolved))
    for reader, writer in ((now, released), (released, now)):
        checker = ReaderWriterCompatibilityChecker()  # type: ignore[no-untyped-call]
        result = checker.get_compatibility(reader, writer)
        assert result.compatibility is SchemaCompatibilityType.compatible, result.messages


@pytest.mark.parametrize("name", NAMES)
def test_V19_golden_bytes(name: str) -> None:
    golden = bytes.fromhex(json.loads(GOLDEN.read_text(encoding="utf-8"))[name])
    datum = sample(avro.schemas()[name].resolved)
    assert avro.encode(name, datum) == golden
    assert avro.decode(golden, name) == (name, datum)
