"""From messages to valid records, and to what cannot be used. Pure but for the clock that is handed in."""

from collections import defaultdict
from collections.abc import Sequence
from datetime import datetime
from functools import lru_cache
from typing import NamedTuple
from uuid import UUID

import msgspec

from fangpin import avro
from fangpin.broker import Message
from fangpin.cloudevents import source_department
from fangpin.domain.errors import Problem, Refused
from fangpin.domain.feeds import FEEDS, Feed
from fangpin.domain.ids import exception_id, record_key
from fangpin.domain.records import Record, clear_record_id, content_digest, content_json, parse_record
from fangpin.errors import PoisonError
from fangpin.screen import plain_records
from fangpin.topics import MAX_RECORD_BYTES, feed_of

NO_COUNTY = "000000"
FEW = 64  # of one feed in a batch: fewer are sooner read one by one than by columns


class Arrival(msgspec.Struct, gc=False):
    """One valid record with where it came from; `receipt` is (receipt id, index) when intake sent it."""

    feed: Feed
    record: Record
    record_key: UUID
    source: str
    content: bytes
    digest: bytes
    baseline: bool
    receipt: tuple[UUID, int] | None
    message: Message


class Refusal(msgspec.Struct, frozen=True, gc=False):
    """One record that cannot be used, with its bytes."""

    exception_id: UUID
    feed: str
    county_code: str
    problem: Problem
    raw: bytes | None
    record_id: str | None = None
    revision: int | None = None
    source: str | None = None
    record_key: UUID | None = None
    receipt: tuple[UUID, int] | None = None


def read(messages: Sequence[Message], now: datetime) -> tuple[list[Arrival], list[Refusal]]:
    """Every message ends in exactly one of the two lists."""
    arrivals: list[Arrival] = []
    refusals: list[Refusal] = []
    for message, record in zip(messages, _plain(messages, now), strict=True):
        one = _read_one(message, record, now)
        if isinstance(one, Arrival):
            arrivals.append(one)
        else:
            refusals.append(one)
    return arrivals, refusals


def _plain(messages: Sequence[Message], now: datetime) -> list[Record | None]:
    """The records that are plainly right, read by columns, a feed at a time; None for the others."""
    by_topic: dict[str, list[int]] = defaultdict(list)
    for index, message in enumerate(messages):
        if not _too_large(message):
            by_topic[message.topic].append(index)
    found: list[Record | None] = [None] * len(messages)
    for topic, indexes in by_topic.items():
        if len(indexes) >= FEW:
            records = plain_records(FEEDS[feed_of(topic)], [messages[index].value for index in indexes], now)
            for index, record in zip(indexes, records, strict=True):
                found[index] = record
    return found


def _read_one(message: Message, record: Record | None, now: datetime) -> Arrival | Refusal:
    feed = FEEDS[feed_of(message.topic)]
    if record is None:
        if _too_large(message):
            return refusal(
                message,
                Problem(
                    "RECORD_TOO_LARGE",
                    None,
                    f"一条记录解压后超过{MAX_RECORD_BYTES // 1024}KB，没有保存；请检查生成程序。",
                ),
            )
        try:
            _, datum = avro.decode(message.value, message.topic)
        except PoisonError as error:
            return refusal(message, Problem(error.code, error.field, error.message))
        try:
            record = parse_record(feed, datum, now=now)
        except Refused as refused:
            record_id = clear_record_id(datum["record_id"])
            return refusal(message, refused.worst, record_id=record_id, revision=datum["revision"])
    if message.key != record.county_code.encode():
        problem = Problem("KEY_MISMATCH", "county_code", "消息的键不是记录的县区代码，请把键设为6位县区代码。")
        return refusal(message, problem, record_id=record.record_id, revision=record.revision)
    told = _told(message, feed)
    content = content_json(record)
    return Arrival(
        feed=feed,
        record=record,
        record_key=record_key(feed.slug, record.county_code, told.source, record.record_id),
        source=told.source,
        content=content,
        digest=content_digest(feed, record, content),
        baseline=told.baseline,
        receipt=told.receipt,
        message=message,
    )


def _too_large(message: Message) -> bool:
    """Larger than any record, and than what the hub could pass on: only a compressed batch brings it past the broker."""
    return message.value is not None and len(message.value) > MAX_RECORD_BYTES


def refusal(
    message: Message,
    problem: Problem,
    *,
    record_id: str | None = None,
    revision: int | None = None,
    record_key: UUID | None = None,
) -> Refusal:
    """A refusal named after its place in the log, so that a retry of the batch names it the same."""
    feed = feed_of(message.topic)
    key = (message.key or b"").decode("ascii", "replace")
    told = _told(message, FEEDS[feed])
    return Refusal(
        exception_id=exception_id(message.topic, message.partition, message.offset, message.timestamp),
        feed=feed,
        county_code=key if len(key) == 6 and key.isdigit() else NO_COUNTY,
        problem=problem,
        raw=None if problem.code == "UNKNOWN_FIELD" or _too_large(message) else message.value,
        record_id=record_id,
        revision=revision,
        source=told.source,
        record_key=record_key,
        receipt=told.receipt,
    )


class _Told(NamedTuple):
    """What the headers of a message say; they come from outside and prove nothing."""

    source: str
    baseline: bool
    receipt: tuple[UUID, int] | None


def _told(message: Message, feed: Feed) -> _Told:
    if not message.headers:
        return _Told(feed.departments[0], False, None)
    found: dict[str, bytes] = {}
    for name, value in message.headers:
        if value is not None:
            found.setdefault(name, value)
    receipt = _receipt(found["ce_id"].decode("utf-8", "replace")) if "ce_id" in found else None
    return _Told(_source(found.get("ce_source"), feed.departments[0]), found.get("ce_baseline") == b"true", receipt)


@lru_cache(maxsize=4096)
def _source(named: bytes | None, default: str) -> str:
    return source_department(named.decode("utf-8", "replace") if named is not None else None, default)


def _receipt(text: str) -> tuple[UUID, int] | None:
    """Intake's `ce_id` is `<receipt id>/<index>`; anybody else's is something else."""
    receipt, slash, index = text.partition("/")
    if not slash or not index.isdigit() or len(index) > 9:
        return None
    try:
        return UUID(receipt), int(index)
    except ValueError:
        return None
