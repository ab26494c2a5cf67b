"""A feed's own file and its Avro schema say the same: one is what validation follows, the other what producers see."""

import json
from typing import Any

import pytest

from fangpin import avro
from fangpin.domain.feeds import FEEDS, Feed, Field

COMMON = 7
PLAIN_ONES = [feed for feed in FEEDS.values() if feed.role not in ("register", "clock", "finding")]
DAY = {"type": "int", "logicalType": "date"}
AMOUNT = {"type": "bytes", "logicalType": "decimal", "precision": 14, "scale": 2}
PLAIN: dict[str, Any] = {
    "date": DAY,
    "until": DAY,
    "money": AMOUNT,
    "quantity": AMOUNT,
    "bool": "boolean",
    "int": "int",
    "year": "int",
    "int_list": {"type": "array", "items": "int"},
}


def avro_type(feed: Feed, field: Field) -> Any:
    """The type that a field's values have in the feed's schema."""
    name = "".join(one.capitalize() for one in (*feed.slug.split("-"), *field.name.split("_")))
    if field.kind in ("enum", "enum_list") and not field.growing:
        symbols = [slug.replace("-", "_") for slug in field.symbols]
        enum = {"type": "enum", "name": name, "namespace": "fangpin.feed", "symbols": symbols}
        return enum if field.kind == "enum" else {"type": "array", "items": enum}
    if field.kind == "object":
        parts = [schema_field(feed, part) for part in field.parts]
        return {"type": "record", "name": name, "namespace": "fangpin.feed", "doc": field.doc, "fields": parts}
    return PLAIN.get(field.kind, "string")


def schema_field(feed: Feed, field: Field) -> dict[str, Any]:
    """A feed's own field as its schema holds it: nullable, because a withdrawal needs none."""
    return {"name": field.name, "type": ["null", avro_type(feed, field)], "default": None, "doc": field.doc}


@pytest.mark.parametrize("feed", PLAIN_ONES, ids=lambda feed: feed.slug)
def test_the_schema_is_what_the_feeds_file_describes(feed: Feed) -> None:
    raw = json.loads((avro.DIRECTORY / f"feed.{feed.slug}.avsc").read_text(encoding="utf-8"))
    common = json.loads((avro.DIRECTORY / "feed.medical-expense.avsc").read_text(encoding="utf-8"))["fields"][:COMMON]
    assert raw["fields"] == [*common, *(schema_field(feed, field) for field in feed.fields)]
    assert raw["name"] == "".join(one.capitalize() for one in feed.slug.split("-"))
    assert raw["doc"] == feed.title


def test_every_feed_has_a_schema_and_no_schema_is_without_its_feed() -> None:
    assert {name for name in avro.schemas() if name.startswith("feed.")} == {f"feed.{slug}" for slug in FEEDS}
