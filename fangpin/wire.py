"""Between a record and the Avro of its feed: slugs have hyphens, Avro symbols underscores (a growing enum is text)."""

from typing import Any

from fangpin import avro
from fangpin.domain.feeds import FEEDS, Field
from fangpin.domain.records import Record


def encode_record(record: Record) -> bytes:
    """The framed Avro of a record."""
    feed = FEEDS[record.feed]
    datum: dict[str, Any] = {
        "record_id": record.record_id,
        "revision": record.revision,
        "status": record.status,
        "county_code": record.county_code,
        "occurred_on": record.occurred_on,
        "reported_at": record.reported_at,
        "subject": {
            "name": record.subject.name,
            "id_number": record.subject.id_number,
            "household_no": record.subject.household_no,
        },
    }
    for field in feed.fields:
        datum[field.name] = _to_avro(field, record.fields.get(field.name))
    return avro.encode(f"feed.{record.feed}", datum)


def _to_avro(field: Field, value: object) -> object:
    if value is None:
        return None
    if field.kind == "enum" and not field.growing:
        return str(value).replace("-", "_")
    if field.kind == "enum_list":
        assert isinstance(value, tuple)
        return [str(one).replace("-", "_") for one in value]
    if isinstance(value, tuple):
        return list(value)
    return value
