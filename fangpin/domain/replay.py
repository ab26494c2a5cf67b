"""The whole way in memory: records and register in, findings out. What `fangpin evaluate` prints; no broker, no database.

A person's key here is the identity number itself: nothing is stored, so nothing has to be hidden.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime

from fangpin.domain.assistance import AID_FEEDS, Aid, aid_of
from fangpin.domain.beside import Beside
from fangpin.domain.errors import Problem, Refused
from fangpin.domain.feeds import FEEDS, Feed
from fangpin.domain.matching import PROBLEMS, Match, match, match_by_decision
from fangpin.domain.policy.book import PackBook
from fangpin.domain.policy.evaluate import Fact, Finding, evaluate
from fangpin.domain.records import Record, content_digest, parse_record
from fangpin.domain.register import Member, Membership, Register, RegisterState
from fangpin.domain.revisions import FIRST_UNIX_SECOND, Revisions, reused
from fangpin.domain.text import normalise_name


@dataclass(frozen=True, slots=True)
class Remark:
    """Something about one record: a fault, or a note that refuses nothing."""

    record_id: str | None
    feed: str | None
    problem: Problem
    note: bool = False


@dataclass(frozen=True, slots=True)
class Result:
    """The findings by county and household, in order, and the remarks in the order of the input."""

    findings: list[tuple[str, str, Finding]]
    remarks: list[Remark]


NOTES = {
    "NORMALISED": "全角字符、空格或小写x已按规范写法处理。",
    "NAME_DIFF": "姓名与登记不一致，请核对。",
    "PERSON_DEAD": "登记显示此人已去世。",
    "HOUSEHOLD_DIFF": "身份证号与户编号不属同一户，按身份证号归户。",
    "PERSON_NOT_IN_HOUSEHOLD": "当日登记中此人不在任何一户，按户编号归户。",
    "MATCHED_BY_ALIAS": "户编号按户号对照认出。",
    "LINKED_BY_PERSON": "由县级干部决定归户。",
    "NO_POLICY": "该县当日没有可用的政策，只记录，不预警。",
    "PERIOD_OTHER": "收入的起止月份不是该县规定的收入计算周期，只记录，不预警；请按规定的周期重新采集。",
}


def replay(raws: Iterable[Mapping[str, object]], book: PackBook, on: date, now: datetime) -> Result:
    """Validate, keep the highest revisions, match, evaluate; the order of the input does not matter."""
    remarks: list[Remark] = []
    current = _current_records(raws, now, remarks)
    registers = build_registers(record for record in current if FEEDS[record.feed].role == "register")
    memberships: dict[tuple[str, str], list[Membership]] = defaultdict(list)
    for (county, _), register in registers.items():
        for span in register.memberships():
            memberships[county, span.person].append(span)
    beside = Beside(current, registers.keys())
    facts: dict[tuple[str, str], list[Fact]] = defaultdict(list)
    aid: dict[tuple[str, str], list[Aid]] = defaultdict(list)
    for record in current:
        if FEEDS[record.feed].role == "fact":
            found = _match(record, registers, memberships, beside)
            _place(record, found, facts, book, remarks)
            _keep_aid(record, found, aid)
    findings = [
        (county, household_no, finding)
        for (county, household_no), own in sorted(facts.items())
        for finding in evaluate(
            county,
            own,
            registers[county, household_no],
            book,
            on,
            _aid_of(registers[county, household_no], county, aid),
        )
    ]
    return Result(findings, remarks)


def _current_records(raws: Iterable[Mapping[str, object]], now: datetime, remarks: list[Remark]) -> list[Record]:
    """The revision that holds of every active record, in order of the record's first appearance."""
    known: dict[tuple[str, str, str], Revisions] = defaultdict(Revisions)
    held: dict[tuple[str, str, str], Record] = {}
    for raw in raws:
        feed, record = _parse(raw, now, remarks)
        if feed is None or record is None:
            continue
        key = (feed.slug, record.county_code, record.record_id)
        revisions = known[key]
        verdict = revisions.judge(record.revision, content_digest(feed, record))
        if verdict == "reused":
            remarks.append(Remark(record.record_id, feed.slug, reused(record.revision)))
        elif verdict == "applied":
            held[key] = record
        elif verdict == "superseded" and (revisions.current or 0) >= FIRST_UNIX_SECOND > record.revision:
            use = (revisions.current or 0) + 1
            remarks.append(
                _note(record, "SUPERSEDED_BY_FILE", f"已有较新的文件上传，本修订未生效；更正请用修订号 {use} 或更高。")
            )
        remarks.extend(_note(record, code) for code in record.notes)
    return [record for record in held.values() if not record.withdrawn]


def _parse(raw: Mapping[str, object], now: datetime, remarks: list[Remark]) -> tuple[Feed | None, Record | None]:
    named = raw.get("record_id")
    record_id = named if isinstance(named, str) else None
    slug = raw.get("feed")
    feed = FEEDS.get(slug) if isinstance(slug, str) else None
    if feed is None:
        remarks.append(
            Remark(record_id, None, Problem("FEED_UNKNOWN", "feed", f"没有这一类数据。可用的是：{'、'.join(FEEDS)}。"))
        )
        return None, None
    try:
        return feed, parse_record(feed, {name: value for name, value in raw.items() if name != "feed"}, now=now)
    except Refused as refused:
        hidden = any(problem.code == "PI_IN_RECORD_ID" for problem in refused.problems)
        remarks.append(Remark(None if hidden else record_id, feed.slug, refused.worst))
        return feed, None


def _note(record: Record, code: str, why: str | None = None) -> Remark:
    return Remark(record.record_id, record.feed, Problem(code, None, why or NOTES[code]), note=True)


def build_registers(records: Iterable[Record]) -> dict[tuple[str, str], Register]:
    """The register of every household, by county and household number, of plain records."""
    states: dict[tuple[str, str], list[RegisterState]] = defaultdict(list)
    for record in records:
        household_no = record.subject.household_no
        assert household_no is not None
        states[record.county_code, household_no].append(_state(record))
    return {key: Register(key[1], own) for key, own in states.items()}


def _state(record: Record) -> RegisterState:
    fields = record.fields
    members = fields["members"]
    assert isinstance(members, tuple)
    return RegisterState(
        record_key=record.record_id,
        record_id=record.record_id,
        source="",
        revision=record.revision,
        occurred_on=record.occurred_on,
        reported_at=record.reported_at,
        village_code=str(fields["village_code"]),
        household_class=str(fields["class"]),
        monitored=str(fields["monitored"]),
        marginal_2019=fields["marginal_2019"] is True,
        resident=fields["resident"] is True,
        has_labour=fields["has_labour"] is True,
        on_subsistence_allowance=fields["on_subsistence_allowance"] is True,
        members=tuple(
            Member(
                person=one["id_number"],
                relation=one["relation"],
                joined_on=one["joined_on"],
                left_on=one["left_on"],
                died_on=one["died_on"],
                shares_income=one["shares_income"],
                name_key=normalise_name(one["name"]),
            )
            for one in members
        ),
    )


def _match(
    record: Record,
    registers: Mapping[tuple[str, str], Register],
    memberships: Mapping[tuple[str, str], list[Membership]],
    beside: Beside,
) -> Match:
    county, subject = record.county_code, record.subject
    spans = memberships.get((county, subject.id_number), ()) if subject.id_number else ()
    name_key = normalise_name(subject.name) if subject.name else None
    household = beside.decided(record)
    if household is not None:
        return match_by_decision(
            household=household, person=subject.id_number, name_key=name_key, on=record.occurred_on, memberships=spans
        )
    return match(
        person=subject.id_number,
        household_no=subject.household_no,
        name_key=name_key,
        on=record.occurred_on,
        memberships=spans,
        household_known=(county, subject.household_no) in registers,
        aliased=beside.aliased(record),
    )


def _place(
    record: Record,
    found: Match,
    facts: dict[tuple[str, str], list[Fact]],
    book: PackBook,
    remarks: list[Remark],
) -> None:
    county = record.county_code
    if found.household_no is None or found.outcome != "matched":
        remarks.append(Remark(record.record_id, record.feed, PROBLEMS[found.outcome]))
        return
    remarks.extend(_note(record, code) for code in found.notes)
    for code, why in book.notes(county, record.feed, record.occurred_on, record.fields).items():
        remarks.append(_note(record, code, why))
    facts[county, found.household_no].append(
        Fact(record.feed, "", record.record_id, record.occurred_on, record.fields, record.subject.id_number)
    )


def _keep_aid(record: Record, found: Match, aid: dict[tuple[str, str], list[Aid]]) -> None:
    """An `assistance` record goes with the person it names, else with its household; both by county and own key."""
    if record.feed not in AID_FEEDS:
        return
    matched = found.outcome == "matched"
    one = aid_of(record.fields, record.occurred_on, record.subject.id_number, matched=matched, notes=found.notes)
    holder = f"person {one.person}" if one.person is not None else f"household {found.household_no}"
    aid[record.county_code, holder].append(one)


def _aid_of(register: Register, county: str, aid: Mapping[tuple[str, str], list[Aid]]) -> list[Aid]:
    """What a household and everyone who was ever its member receive."""
    persons = sorted({member.person for state in register.states for member in state.members})
    holders = [f"household {register.household_no}", *(f"person {person}" for person in persons)]
    return [one for holder in holders for one in aid.get((county, holder), ())]
