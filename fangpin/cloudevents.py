"""CloudEvents 1.0, binary mode over Kafka: the attributes of a record as `ce_` headers."""

import re
from collections.abc import Iterable
from datetime import datetime
from functools import lru_cache

Headers = list[tuple[str, bytes]]
SPEC_VERSION = ("ce_specversion", b"1.0")
CONTENT_TYPE = ("content-type", b"application/avro")
MAX_SOURCE = 64
_AREA = re.compile(r"[:/]([0-9]{12}|[0-9]{9})[:/][^:/]*\Z")


def headers(event_id: str, source: str, event_type: str, time: datetime, *, baseline: bool = False) -> Headers:
    """The headers of one record."""
    found = [SPEC_VERSION, ("ce_id", event_id.encode()), *_common(source, event_type, time)]
    if baseline:
        found.append(("ce_baseline", b"true"))
    return found


@lru_cache(maxsize=1024)
def _common(source: str, event_type: str, time: datetime) -> tuple[tuple[str, bytes], ...]:
    """What all records of a type in a batch have: kept, because a batch has thousands."""
    return (
        ("ce_source", source.encode()),
        ("ce_type", event_type.encode()),
        ("ce_time", time.isoformat().encode()),
        CONTENT_TYPE,
    )


def department_source(area: str, department: str) -> str:
    """The `ce_source` of a county's department; of an officer of a village or township, with the code of that area."""
    return f"urn:fangpin:{area}:{department}"


def source_area(source: str | None) -> str | None:
    """The village (12 digits) or township (9) in a `ce_source`, if it names one."""
    found = _AREA.search(source or "")
    return found.group(1) if found is not None else None


def source_department(source: str | None, default: str) -> str:
    """The department's slug in a `ce_source`: its last segment; the default when it says nothing usable."""
    if not source:
        return default
    last = source.rstrip(":/").replace("/", ":").rsplit(":", 1)[-1]
    slug = "".join(character for character in last if character.isascii() and (character.isalnum() or character == "-"))
    return slug[:MAX_SOURCE] or default


def first(found: Iterable[tuple[str, bytes]], name: str) -> str | None:
    """A header's text, undecodable bytes replaced; headers come from outside and prove nothing."""
    for key, value in found:
        if key == name and value is not None:
            return value.decode("utf-8", "replace")
    return None
