"""From raw records to what can be published and what is refused, with the functions that the correlator applies too."""

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

import msgspec

from fangpin.domain.errors import Problem, Refused
from fangpin.domain.feeds import Feed
from fangpin.domain.ids import record_key
from fangpin.domain.records import MAX_REVISION, Record, clear_record_id, content_digest, parse_record
from fangpin.ports import Account
from fangpin.strict_json import Unreadable
from fangpin.topics import MAX_RECORD_BYTES
from fangpin.vault import Vault
from fangpin.wire import encode_record

NO_ID = "-"  # stands in for a record's id until its natural key is known


@dataclass(frozen=True, slots=True)
class Accepted:
    """One record ready to publish: small, because an upload may hold 200,000.

    `places` are (index, row) of what it was made of: one, or the rows of a household in a file.
    """

    places: tuple[tuple[int, int | None], ...]
    record_id: str
    county_code: str
    revision: int
    record_key: UUID
    digest: bytes
    payload: bytes
    notes: tuple[str, ...]

    @property
    def index(self) -> int:
        """By which its outcome is found."""
        return self.places[0][0]


@dataclass(frozen=True, slots=True)
class Rejected:
    """One record that cannot be used.

    `raw` is what came, with what the hub filled in (`filled`: those fields), None when it may be stored nowhere.
    """

    index: int
    row: int | None
    problem: Problem
    county_code: str | None
    record_id: str | None
    revision: int | None
    raw: bytes | None
    filled: tuple[str, ...] = ()

    def given(self) -> bytes | None:
        """What came, without what the hub filled in."""
        if self.raw is None or not self.filled:
            return self.raw
        found = json.loads(self.raw)
        return json.dumps({name: value for name, value in found.items() if name not in self.filled}).encode()

    def shown(self) -> dict[str, object]:
        """As the answer holds it."""
        place = {} if self.row is None else {"row": self.row}
        problem = self.problem
        return {"index": self.index, **place, "code": problem.code, "field": problem.field, "message": problem.message}


@dataclass(slots=True)
class Verdicts:
    """What an upload amounts to."""

    accepted: list[Accepted] = field(default_factory=list)
    rejected: list[Rejected] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)

    def accepted_places(self) -> int:
        """How many records, or rows of a file, were accepted."""
        return sum(len(one.places) for one in self.accepted)


def judge_all(feed: Feed, department: str, raws: Iterable[object], now: datetime) -> Verdicts:
    """Judge the records of a JSON upload; `index` is the place in it."""
    verdicts = Verdicts()
    for index, raw in enumerate(raws):
        if isinstance(raw, Unreadable):
            problem = Problem("DECODE", None, f"第{raw.number}行不能读取：{raw.reason}。请检查生成程序后重新报送该行。")
            verdicts.rejected.append(rejection(index, None, problem, {}, raw.text))
            continue
        if not isinstance(raw, Mapping):
            problem = Problem("TYPE", None, "每条记录应为一个对象。")
            verdicts.rejected.append(rejection(index, None, problem, {}, raw))
            continue
        try:
            verdicts.accepted.append(accept(((index, None),), feed, department, parse_record(feed, raw, now=now)))
        except Refused as refused:
            verdicts.rejected.append(rejection(index, None, refused.worst, raw, raw))
    return verdicts


def hub_filled(feed: Feed, account: Account) -> dict[str, object]:
    """What the hub itself writes into each record: who sent it, where the feed keeps that."""
    return {field.name: account.name for field in feed.fields if field.hub_filled}


def accept(places: tuple[tuple[int, int | None], ...], feed: Feed, department: str, record: Record) -> Accepted:
    """A valid record with its key, digest and bytes."""
    return Accepted(
        places=places,
        record_id=record.record_id,
        county_code=record.county_code,
        revision=record.revision,
        record_key=record_key(feed.slug, record.county_code, department, record.record_id),
        digest=content_digest(feed, record),
        payload=encode_record(record),
        notes=record.notes,
    )


def rejection(
    index: int,
    row: int | None,
    problem: Problem,
    raw: Mapping[str, object],
    whole: object,
    filled: tuple[str, ...] = (),
) -> Rejected:
    """A refusal of `whole`; what of it may stand in the clear is taken from `raw`."""
    revision, county = raw.get("revision"), raw.get("county_code")
    plain_number = isinstance(revision, int) and not isinstance(revision, bool) and 0 <= revision <= MAX_REVISION
    return Rejected(
        index=index,
        row=row,
        problem=problem,
        county_code=county
        if isinstance(county, str) and len(county) == 6 and county.isascii() and county.isdigit()
        else None,
        record_id=clear_record_id(raw.get("record_id")),
        revision=int(str(revision)) if plain_number else None,
        raw=None if problem.code == "UNKNOWN_FIELD" else _kept(whole),
        filled=filled,
    )


def _kept(whole: object) -> bytes | None:
    """What came, as JSON; not what is larger than any record that could be used."""
    given = json.dumps(whole, default=str).encode()
    return given if len(given) <= MAX_RECORD_BYTES else None


def natural_sender(department: str, area: str | None) -> str:
    """Who sent a file, as the natural keys of its rows name it: of an officer with the area, because there are many villages."""
    return f"{department} {area}" if area else department


def with_natural_id(feed: Feed, sender: str, record: Record, vault: Vault) -> Record:
    """The record under an id made from its feed's natural key. Raises `Refused` when a part of the key is missing.

    `sender` stands for `department` in a key (`natural_sender`).
    """
    parts = [feed.slug]
    for name in feed.natural_key:
        values = [value for one in name.split("|") if (value := _key_part(sender, record, one)) is not None]
        if not values:
            message = "没有“记录编号”，又缺少用来生成编号的内容，请补上记录编号。"
            raise Refused(Problem("MISSING_FIELD", "record_id", message))
        parts.append(str(values[0]))
    return msgspec.structs.replace(record, record_id=vault.record_id("\x1f".join(parts).encode()))


def _key_part(sender: str, record: Record, name: str) -> object:
    if name in record.fields:
        return record.fields[name]
    if name == "department":
        return sender
    if name in ("id_number", "household_no"):
        return getattr(record.subject, name)
    return getattr(record, name)
