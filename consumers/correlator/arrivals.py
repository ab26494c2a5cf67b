"""From messages to valid records, and to what cannot be used. Pure but for the clock that is handed in."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from fangpin import avro
from fangpin.broker import Message
from fangpin.cloudevents import first, source_department
from fangpin.domain.errors import Problem, Refused
from fangpin.domain.feeds import FEEDS, Feed
from fangpin.domain.ids import exception_id, record_key
from fangpin.domain.records import Record, content_digest, parse_record
from fangpin.errors import PoisonError
from fangpin.topics import feed_of

NO_COUNTY = "000000"


@dataclass(slots=True)
class Arrival:
    """One valid record with where it came from; `receipt` is (receipt id, index) when intake sent it."""

    feed: Feed
    record: Record
    record_key: UUID
    source: str
    digest: bytes
    baseline: bool
    receipt: tuple[UUID, int] | None
    message: Message


@dataclass(frozen=True, slots=True)
class Refusal:
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
    for message in messages:
        one = _read_one(message, now)
        if isinstance(one, Arrival):
            arrivals.append(one)
        else:
            refusals.append(one)
    return arrivals, refusals


def _read_one(message: Message, now: datetime) -> Arrival | Refusal:
    feed = FEEDS[feed_of(message.topic)]
    try:
        _, datum = avro.decode(message.value, message.topic)
    except PoisonError as error:
        return refusal(message, Problem(error.code, error.field, error.message))
    try:
        record = parse_record(feed, datum, now=now)
    except Refused as refused:
        record_id = datum["record_id"] if all(one.code != "PI_IN_RECORD_ID" for one in refused.problems) else None
        return refusal(message, refused.worst, record_id=record_id, revision=datum["revision"])
    key = (message.key or b"").decode("ascii", "replace")
    if key != record.county_code:
        problem = Problem("KEY_MISMATCH", "county_code", "消息的键不是记录的县区代码，请把键设为6位县区代码。")
        return refusal(message, problem, record_id=record.record_id, revision=record.revision)
    source = source_department(first(message.headers, "ce_source"), feed.departments[0])
    return Arrival(
        feed=feed,
        record=record,
        record_key=record_key(feed.slug, record.county_code, source, record.record_id),
        source=source,
        digest=content_digest(feed, record),
        baseline=first(message.headers, "ce_baseline") == "true",
        receipt=receipt_of(message),
        message=message,
    )


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
    return Refusal(
        exception_id=exception_id(message.topic, message.partition, message.offset, message.timestamp),
        feed=feed,
        county_code=key if len(key) == 6 and key.isdigit() else NO_COUNTY,
        problem=problem,
        raw=None if problem.code == "UNKNOWN_FIELD" else message.value,
        record_id=record_id,
        revision=revision,
        source=source_department(first(message.headers, "ce_source"), FEEDS[feed].departments[0]),
        record_key=record_key,
        receipt=receipt_of(message),
    )


def receipt_of(message: Message) -> tuple[UUID, int] | None:
    """Intake's `ce_id` is `<receipt id>/<index>`; anybody else's is something else."""
    receipt, slash, index = (first(message.headers, "ce_id") or "").partition("/")
    if not slash or not index.isdigit() or len(index) > 9:
        return None
    try:
        return UUID(receipt), int(index)
    except ValueError:
        return None
