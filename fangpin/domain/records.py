"""A record of a feed, validated. The same function judges what intake receives and what comes straight from Kafka."""

import re
from collections.abc import Callable, Mapping
from datetime import date, datetime, timedelta
from hashlib import blake2b
from typing import Literal, TypeVar

import msgspec

from fangpin.domain.errors import Problem, Refused, refuse
from fangpin.domain.feeds import Feed, Field
from fangpin.domain.feeds.household_register import MEMBER_FIELDS
from fangpin.domain.identity import contains_id_number, holds_id_number
from fangpin.domain.text import text_problem
from fangpin.domain.values import EARLIEST, LATEST, PARSERS, Context, parse_day, parse_id, parse_instant, shanghai_day

Value = object
MAX_RECORD_ID = 64
MAX_REVISION = 2**53  # what every JSON reader holds exactly
MAX_MEMBERS = 60
COMMON = ("record_id", "revision", "status", "county_code", "occurred_on", "reported_at", "subject")
_ID = Field("id_number", "身份证号", "id")
_DAY = timedelta(days=1)


class Subject(msgspec.Struct, frozen=True, gc=False):
    """Whom a record is about, as the department wrote it (the identity number in its one form)."""

    name: str | None = None
    id_number: str | None = None
    household_no: str | None = None


class Record(msgspec.Struct, frozen=True, gc=False):
    """One valid record; `fields` are the feed's own, typed as `fangpin.domain.values` says, absent ones None."""

    feed: str
    record_id: str
    revision: int
    status: Literal["active", "withdrawn"]
    county_code: str
    occurred_on: date
    reported_at: datetime
    subject: Subject
    fields: Mapping[str, Value]
    notes: tuple[str, ...] = ()

    @property
    def withdrawn(self) -> bool:
        """Whether the department takes the fact back."""
        return self.status == "withdrawn"


_sorted_json = msgspec.json.Encoder(order="sorted")


def content_json(record: Record) -> bytes:
    """All but `revision` and `reported_at`, as JSON in one order of keys, absent values left out: what is sealed."""
    return _sorted_json.encode(_content(record, record.fields))


def content_digest(feed: Feed, record: Record, content: bytes | None = None) -> bytes:
    """Sixteen bytes that stand for the content, without what the hub filled in; any two withdrawals have the same.

    `content` is that of `content_json`, where it is at hand.
    """
    if record.withdrawn:
        return b"\0" * 16
    filled = {field.name for field in feed.fields if field.hub_filled}
    if filled:
        own = {name: value for name, value in record.fields.items() if name not in filled}
        content = _sorted_json.encode(_content(record, own))
    elif content is None:
        content = content_json(record)
    return blake2b(content, digest_size=16).digest()


def _content(record: Record, fields: Mapping[str, Value]) -> dict[str, object]:
    subject = record.subject
    named = {"household_no": subject.household_no, "id_number": subject.id_number, "name": subject.name}
    return {
        "status": record.status,
        "occurred_on": record.occurred_on,
        "subject": {name: value for name, value in named.items() if value is not None},
        "fields": {
            name: _without_absent(value) if isinstance(value, tuple) else value
            for name, value in fields.items()
            if value is not None
        },
    }


def _without_absent(values: tuple[Value, ...]) -> list[Value]:
    """A list's values; of members, those that are there."""
    return [
        {name: own for name, own in one.items() if own is not None} if isinstance(one, Mapping) else one
        for one in values
    ]


def parse_record(feed: Feed, raw: Mapping[str, object], *, now: datetime) -> Record:
    """The record in `raw` (JSON values, or what Avro decodes to). Raises `Refused` with every fault found.

    `now` is the hub's clock, against which `reported_at` is judged.
    """
    problems: list[Problem] = []
    try:
        _unknown(feed, raw)
    except Refused as refused:
        problems.extend(refused.problems)
    reported_at = _try(problems, lambda: _reported_at(raw, now)) or now
    context = Context(today=shanghai_day(now), latest=shanghai_day(reported_at) + _DAY)
    record_id = _try(problems, lambda: _record_id(raw))
    revision = _try(problems, lambda: _revision(raw))
    status = _try(problems, lambda: _status(raw))
    county_code = _try(problems, lambda: _county_code(raw))
    withdrawn = status == "withdrawn"
    own = feed.field(feed.own_date)
    # A withdrawal needs the common fields alone; while active, a feed's own date is required like its other fields.
    if withdrawn and own is not None and raw.get(own.name) in (None, "") and raw.get("occurred_on") is not None:
        raw = {**raw, own.name: raw["occurred_on"]}
    values = _own_fields(feed, raw, withdrawn, context, problems)
    occurred_on = _try(problems, lambda: _occurred_on(feed, raw, values, context))
    subject = _try(problems, lambda: _subject(feed, raw, context, withdrawn)) or Subject()
    problems.extend(_foreign_areas(feed, values, county_code))
    problems.extend(feed.check(values))
    if problems:
        raise Refused(*_once(problems))
    assert record_id is not None
    assert revision is not None
    assert county_code is not None
    assert occurred_on is not None
    return Record(
        feed=feed.slug,
        record_id=record_id,
        revision=revision,
        status="withdrawn" if withdrawn else "active",
        county_code=county_code,
        occurred_on=occurred_on,
        reported_at=reported_at,
        subject=subject,
        fields=values,
        notes=tuple(sorted(context.notes)),
    )


T = TypeVar("T")


def _try(problems: list[Problem], parse: Callable[[], T]) -> T | None:
    """The parsed value, or None with its faults noted."""
    try:
        return parse()
    except Refused as refused:
        problems.extend(refused.problems)
        return None


def _once(problems: list[Problem]) -> list[Problem]:
    return list({(problem.code, problem.field): problem for problem in problems}.values())


def _missing(name: str, column: str) -> Refused:
    return refuse("MISSING_FIELD", name, f"缺少“{column}”，请补齐后重新报送。")


def _unknown(feed: Feed, raw: Mapping[str, object]) -> None:
    known = {*COMMON, *(field.name for field in feed.fields)}
    for name in raw:
        if name not in known:
            own = "、".join(sorted(known))
            raise refuse("UNKNOWN_FIELD", None, f"有不认识的字段，整条未保存。本类记录的字段是：{own}。")


def _reported_at(raw: Mapping[str, object], now: datetime) -> datetime:
    if raw.get("reported_at") in (None, ""):
        raise _missing("reported_at", "上报时间")
    return parse_instant(raw["reported_at"], "reported_at", now)


def _record_id(raw: Mapping[str, object]) -> str:
    value = raw.get("record_id")
    if value is None or value == "":
        raise _missing("record_id", "记录编号")
    if not isinstance(value, str):
        raise refuse("TYPE", "record_id", "“记录编号”应为文字。")
    problem = text_problem(value, "record_id", MAX_RECORD_ID)
    if problem is not None:
        raise Refused(problem)
    if not value.strip():
        raise _missing("record_id", "记录编号")
    if holds_id_number(value):
        raise refuse("PI_IN_RECORD_ID", "record_id", "“记录编号”里有身份证号，请改用业务流水号。")
    return value


def clear_record_id(value: object) -> str | None:
    """A refused record's id as it may stand in the clear, and in a database: None for one that is no id."""
    fit = (
        isinstance(value, str)
        and text_problem(value, "record_id", MAX_RECORD_ID) is None
        and not holds_id_number(value)
    )
    return str(value) if fit else None


def _revision(raw: Mapping[str, object]) -> int:
    value = raw.get("revision")
    if value is None:
        raise _missing("revision", "修订号")
    if isinstance(value, bool) or not isinstance(value, int) or not 1 <= value <= MAX_REVISION:
        raise refuse("TYPE", "revision", "“修订号”应为不小于1的整数。")
    return value


def _status(raw: Mapping[str, object]) -> str:
    value = raw.get("status")
    if value is None:
        return "active"
    if value not in ("active", "withdrawn"):
        raise refuse("ENUM", "status", "“状态”应为 active（有效）或 withdrawn（撤回）。")
    return str(value)


def _county_code(raw: Mapping[str, object]) -> str:
    value = raw.get("county_code")
    if value is None or (isinstance(value, str) and not value.strip()):
        raise _missing("county_code", "县区代码")
    if not isinstance(value, str) or not re.fullmatch(r"[0-9]{6}", value):
        raise refuse("TYPE", "county_code", "“县区代码”应为6位数字。")
    return value


def _own_fields(
    feed: Feed, raw: Mapping[str, object], withdrawn: bool, context: Context, problems: list[Problem]
) -> dict[str, Value]:
    values: dict[str, Value] = {}
    for field in feed.fields:
        values[field.name] = _field_value(field, raw.get(field.name), withdrawn, context, problems)
    return values


def _field_value(
    field: Field, value: object, withdrawn: bool, context: Context, problems: list[Problem], prefix: str = ""
) -> Value:
    place = prefix + field.name
    found: Value = None
    if value is not None and value != "":
        before = len(problems)
        if field.kind == "members":
            found = _members(value, context, problems)
        elif field.kind == "object":
            found = _object(field, value, withdrawn, context, problems)
        else:
            found = _try(problems, lambda: PARSERS[field.kind](field, value, place, context))
        if len(problems) > before:
            return None
    if found is None and not withdrawn:
        if field.required:
            problems.extend(_missing(place, field.column).problems)
        return field.default
    return found


def _object(field: Field, value: object, withdrawn: bool, context: Context, problems: list[Problem]) -> Value:
    if not isinstance(value, Mapping):
        problems.append(Problem("TYPE", field.name, f"“{field.column}”应为对象。"))
        return None
    if set(value) - {part.name for part in field.parts}:
        problems.append(Problem("UNKNOWN_FIELD", None, f"“{field.column}”有不认识的字段，整条未保存。"))
        return None
    prefix = f"{field.name}."
    return {
        part.name: _field_value(part, value.get(part.name), withdrawn, context, problems, prefix)
        for part in field.parts
    }


def _members(value: object, context: Context, problems: list[Problem]) -> Value:
    if not isinstance(value, (list, tuple)):
        problems.append(Problem("TYPE", "members", "“成员”应为列表。"))
        return None
    if len(value) > MAX_MEMBERS:
        problems.append(Problem("AMOUNT_IMPLAUSIBLE", "members", f"一户超过{MAX_MEMBERS}人，请核对户编号。"))
        return None
    known = {field.name for field in MEMBER_FIELDS}
    members = []
    for index, one in enumerate(value):
        prefix = f"members[{index}]."
        if not isinstance(one, Mapping):
            problems.append(Problem("TYPE", prefix[:-1], "成员应为对象。"))
        elif set(one) - known:
            problems.append(Problem("UNKNOWN_FIELD", None, "成员有不认识的字段，整条未保存。"))
        else:
            members.append(
                {
                    field.name: _field_value(field, one.get(field.name), False, context, problems, prefix)
                    for field in MEMBER_FIELDS
                }
            )
    numbers = [member["id_number"] for member in members if member["id_number"]]
    if len(set(numbers)) < len(numbers):
        problems.append(Problem("HH_CONFLICT", "members", "同一身份证号在本户出现两次，请删去重复的成员。"))
    return tuple(members) or None


def _foreign_areas(feed: Feed, values: Mapping[str, Value], county_code: str | None) -> list[Problem]:
    return [
        Problem("SCOPE", field.name, f"“{field.column}”不在本县（{county_code}）范围内，请核对代码。")
        for field in feed.fields
        if field.kind == "area"
        and isinstance(area := values.get(field.name), str)
        and county_code is not None
        and not area.startswith(county_code)
    ]


def _occurred_on(feed: Feed, raw: Mapping[str, object], values: Mapping[str, Value], context: Context) -> date:
    own = None if feed.own_date == "occurred_on" else values.get(feed.own_date)
    given = raw.get("occurred_on")
    if given in (None, ""):
        if isinstance(own, date):
            return own
        if raw.get(feed.own_date) not in (None, ""):
            raise Refused()  # the own date was given and is wrong, which has been said
        raise _missing("occurred_on", "发生日期")
    last = LATEST if feed.future_own_date else context.latest
    day = parse_day(given, "occurred_on", "发生日期", EARLIEST, last)
    if isinstance(own, date) and own != day:
        column = next(field.column for field in feed.fields if field.name == feed.own_date)
        raise refuse("DATE_CONFLICT", "occurred_on", f"“发生日期”应与“{column}”相同，或不填。")
    return day


def _subject(feed: Feed, raw: Mapping[str, object], context: Context, withdrawn: bool) -> Subject:
    value = raw.get("subject")
    if value is None:
        value = {}
    if not isinstance(value, Mapping):
        raise refuse("TYPE", "subject", "“subject”应为对象。")
    if set(value) - {"name", "id_number", "household_no"}:
        raise refuse(
            "UNKNOWN_FIELD", None, "subject 有不认识的字段，整条未保存。只能有 name、id_number、household_no。"
        )
    problems: list[Problem] = []
    name = _subject_text(value.get("name"), "subject.name", "姓名", 100, problems)
    household_no = _subject_text(value.get("household_no"), "subject.household_no", "户编号", 64, problems)
    number = value.get("id_number")
    id_number = None
    if number not in (None, ""):
        id_number = _try(problems, lambda: parse_id(_ID, number, "subject.id_number", context))
    if household_no is not None and contains_id_number(household_no):
        message = "“户编号”里是身份证号，请填写户编号，身份证号填在“身份证号”里。"
        problems.append(Problem("PI_IN_RECORD_ID", "subject.household_no", message))
    if problems:
        raise Refused(*problems)
    if feed.subject == "none" and (name or id_number or household_no):
        raise refuse("SUBJECT_MISSING", "subject", "本类记录不指名个人或农户，subject 应为空。")
    if feed.subject == "required" and not (id_number or household_no):
        raise refuse("SUBJECT_MISSING", "subject", "身份证号与户编号至少填一项。")
    if feed.subject == "household":
        household_no = _one_household(raw, household_no, withdrawn)
    return Subject(name, id_number, household_no)


def _one_household(raw: Mapping[str, object], household_no: str | None, withdrawn: bool) -> str | None:
    own = raw.get("household_no")
    if isinstance(own, str) and own.strip():
        if household_no is not None and own.strip() != household_no:
            raise refuse("HH_CONFLICT", "subject.household_no", "两处户编号不一致，请核对。")
        return own.strip()
    if withdrawn and household_no is None:
        raise refuse("SUBJECT_MISSING", "subject", "请填写户编号。")
    return household_no


def _subject_text(value: object, place: str, column: str, limit: int, problems: list[Problem]) -> str | None:
    if value is None:
        return None
    if not isinstance(value, str):
        problems.append(Problem("TYPE", place, f"“{column}”应为文字。"))
        return None
    problem = text_problem(value, place, limit)
    if problem is not None:
        problems.append(problem)
        return None
    return value.strip() or None


def read_content(feed: Feed, content: Mapping[str, object]) -> dict[str, Value]:
    """The typed fields of a content that was sealed: the way back from `content_json`."""
    stored = content["fields"]
    assert isinstance(stored, Mapping)
    context = Context(today=LATEST, latest=LATEST)
    problems: list[Problem] = []
    return {
        field.name: None
        if stored.get(field.name) is None
        else _field_value(field, stored[field.name], True, context, problems)
        for field in feed.fields
    }
