"""Exceptions as they are kept, opened, and sent again: the bytes exactly as they came, marked as a replay.

A replayed exception is closed by a `resolved` record; what is still wrong with its bytes opens another. Replaying twice is
harmless: the hub knows records by feed, county, department, record id and revision.
"""

import time
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Protocol
from uuid import UUID

import msgspec

from fangpin import avro, wire
from fangpin.broker import Outgoing
from fangpin.cloudevents import Headers, department_source, headers
from fangpin.database import Connection
from fangpin.domain.errors import Refused
from fangpin.domain.feeds import FEEDS
from fangpin.domain.records import parse_record
from fangpin.errors import PoisonError
from fangpin.salts import load_salts
from fangpin.topics import EXCEPTIONS
from fangpin.vault import Vault
from services.intake.judging import NO_ID, natural_sender, with_natural_id

CHUNK = 100  # records sent before the next look at the clock
FIELDS = (
    "exception_id", "status", "feed", "county_code", "code", "field", "message", "record_id", "revision", "source",
    "receipt_id", "receipt_index", "recorded_at", "resolved_at", "key_id",
)  # fmt: skip
_AREA = (  # of the officer who sent it: its id stays that area's
    "(SELECT officer.area FROM receipt JOIN officer ON officer.username = receipt.account "
    "WHERE receipt.receipt_id = exception_log.receipt_id::uuid)"
)
_IN_FILE = (  # whether its upload was a file: all rows of one have a number, records of JSON have none
    "(SELECT bad.row IS NOT NULL FROM receipt_rejection bad WHERE bad.receipt_id = exception_log.receipt_id::uuid "
    "ORDER BY bad.position LIMIT 1)"
)


class Publisher(Protocol):
    """The part of `fangpin.kafka.Producer` that is needed here."""

    def publish(self, records: Iterable[Outgoing]) -> None:
        """Returns when all are acknowledged; raises `TransientError`."""


@dataclass(frozen=True, slots=True)
class Stored:
    """One exception of the log; `raw` are the bytes as they came, None when there are none or their key has expired."""

    fields: Mapping[str, Any]
    raw: bytes | None

    @property
    def exception_id(self) -> UUID:
        """Its id."""
        found: UUID = self.fields["exception_id"]
        return found


class Unusable(Exception):
    """An exception that cannot be sent again, and why, in Chinese."""


def find(
    conn: Connection, vault: Vault, ids: Sequence[UUID] = (), code: str | None = None, feed: str | None = None
) -> list[Stored]:
    """The exceptions with these ids, or the open ones with the code and feed; opened, the oldest first."""
    rows = conn.execute(
        f"SELECT {', '.join(FIELDS)}, {_AREA}, {_IN_FILE}, raw FROM exception_log WHERE exception_id = ANY(%s) OR (%s AND status = 'open' "
        "AND (%s::text IS NULL OR code = %s) AND (%s::text IS NULL OR feed = %s)) ORDER BY recorded_at, exception_id",
        (list(ids), not ids, code, code, feed, feed),
    ).fetchall()
    found = [(dict(zip((*FIELDS, "area", "in_file"), row[:-1], strict=True)), row[-1]) for row in rows]
    salts = load_salts(conn, {fields["key_id"].encode() for fields, _ in found if fields["key_id"]})
    return [Stored(fields, _opened(vault, salts, fields["key_id"], sealed)) for fields, sealed in found]


def _opened(vault: Vault, salts: Mapping[bytes, bytes], key_id: str | None, sealed: bytes | None) -> bytes | None:
    if sealed is None or key_id is None or key_id.encode() not in salts:
        return None
    return vault.open(key_id.encode(), salts[key_id.encode()], bytes(sealed))


def replay(
    publisher: Publisher, vault: Vault, found: Sequence[Stored], per_second: float, sent: Callable[[int], None]
) -> None:
    """Send the records to their feeds, then close their exceptions, at a bounded pace. Raises `TransientError`."""
    for chunk in _chunks(found, CHUNK):
        began = time.monotonic()
        now = datetime.now(UTC)
        publisher.publish([record(one, vault, now) for one in chunk])
        publisher.publish([resolved(one, now) for one in chunk])
        sent(len(chunk))
        time.sleep(max(0.0, len(chunk) / per_second - (time.monotonic() - began)))


def record(one: Stored, vault: Vault, now: datetime) -> Outgoing:
    """The record on its feed topic again. Raises `Unusable`."""
    fields = one.fields
    if one.raw is None:
        raise Unusable("没有保存原始内容，或密钥已过两年期限")
    if fields["feed"] not in FEEDS:
        raise Unusable(f"没有数据类别 {fields['feed']}")
    county, value = str(fields["county_code"]), one.raw
    if value[:1] != b"\0":
        county, value = _from_intake(one, vault, now)
    feed = FEEDS[fields["feed"]]
    source = department_source(fields.get("area") or county, fields["source"] or feed.departments[0])
    receipt = f"{fields['receipt_id']}/{fields['receipt_index']}" if fields["receipt_id"] is not None else None
    marked: Headers = headers(receipt or f"replay-{one.exception_id}", source, f"fangpin.feed.{feed.slug}", now)
    marked.append(("ce_replayof", str(one.exception_id).encode()))
    return Outgoing(f"feed.{feed.slug}", county.encode(), value, marked)


def _from_intake(one: Stored, vault: Vault, now: datetime) -> tuple[str, bytes]:
    """Intake refused JSON or a row before it became Avro; it is judged again, by the same functions.

    A row of a register's file is one member of a household: sent alone it would be a household of one. A row of another
    feed's file gets the id that the file would have given it.
    """
    assert one.raw is not None
    feed, in_file = FEEDS[one.fields["feed"]], bool(one.fields.get("in_file"))
    if feed.role == "register" and in_file:
        raise Unusable("是文件里一户的一行，不能单独重放；请改正后整户重新报送")
    try:
        raw = msgspec.json.decode(one.raw, type=dict[str, Any])
        raw = {"county_code": one.fields["county_code"], **raw}
        if in_file and "record_id" not in raw:
            parsed = with_natural_id(
                feed, _sender(one.fields), parse_record(feed, raw | {"record_id": NO_ID}, now=now), vault
            )
        else:
            parsed = parse_record(feed, raw, now=now)
        return parsed.county_code, wire.encode_record(parsed)
    except Refused as refused:
        raise Unusable(f"仍然不可用：{refused.problems[0].code} {refused.problems[0].message}") from refused
    except msgspec.DecodeError as error:
        raise Unusable("原始内容不是一条记录") from error


def _sender(fields: Mapping[str, Any]) -> str:
    """As a file's natural keys name who sent it."""
    source = str(fields["source"] or FEEDS[fields["feed"]].departments[0])
    return natural_sender(source, fields.get("area"))


def resolved(one: Stored, now: datetime) -> Outgoing:
    """The record that closes an exception."""
    kept = ("exception_id", "feed", "county_code", "code", "field", "message", "record_id", "revision", "source")
    datum = {key: one.fields[key] for key in kept} | {
        "exception_id": str(one.exception_id),
        "status": "resolved",
        "receipt_id": one.fields["receipt_id"],
        "receipt_index": one.fields["receipt_index"],
        "recorded_at": now,
        "key_id": None,
        "raw": None,
    }
    return Outgoing(
        EXCEPTIONS,
        one.fields["county_code"].encode(),
        avro.encode("hub.exceptions", datum),
        headers(str(one.exception_id), "urn:fangpin:hub", "fangpin.exception", now),
    )


def readable(one: Stored) -> object:
    """The raw bytes for a person: the decoded Avro, the JSON, or the bytes as text."""
    if one.raw is None:
        return None
    try:
        return avro.decode(one.raw)[1]
    except PoisonError:
        return one.raw.decode("utf-8", "backslashreplace")


def _chunks(found: Sequence[Stored], size: int) -> Iterator[Sequence[Stored]]:
    for start in range(0, len(found), size):
        yield found[start : start + size]
