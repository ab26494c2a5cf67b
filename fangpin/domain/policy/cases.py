"""Boundary tables: for each rule of a pack facts just below, at and just above its line, and whether they meet it.

A case changes a specimen of the rule's feed; it is judged the whole way, through validation, register and matching.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime

import msgspec

from fangpin.domain.feeds import FEEDS
from fangpin.domain.policy.book import PackBook
from fangpin.domain.policy.pack import Pack, PackError, Rule
from fangpin.domain.policy.shapes import shape_fault
from fangpin.domain.policy.words import Strict
from fangpin.domain.records import Record, parse_record
from fangpin.domain.replay import replay

PERSON = "530925197001019013"  # invented
HOUSEHOLD = "H1"
CASE = "case"  # the record's id
_REPORTED = "2025-06-01T10:00:00+08:00"
_NOW = datetime(2025, 6, 2, tzinfo=UTC)
_AS_OF = date(2030, 1, 1)  # late enough for whatever is ever to be met

Specimens = Mapping[str, Mapping[str, object]]
Raw = dict[str, object]


class Case(Strict, frozen=True, kw_only=True):
    """One fact and what becomes of it. `fact` and `household` change the specimen and the pack's usual household.

    `day` is the fact's own date, `as_of` the civil date on which it is judged; `assistance` are records beside it;
    `notes` are the codes of notes that it must get.
    """

    met: bool
    fact: dict[str, object] = msgspec.field(default_factory=dict)
    household: dict[str, object] = msgspec.field(default_factory=dict)
    day: date | None = None
    as_of: date | None = None
    assistance: tuple[dict[str, object], ...] = ()
    notes: tuple[str, ...] = ()
    why: str = ""


class CaseTable(Strict, frozen=True, kw_only=True):
    """The cases of a pack by rule. `day`: the facts' own date unless a case names another; `facts` change specimens."""

    pack: str
    day: date
    cases: dict[str, tuple[Case, ...]]
    facts: dict[str, dict[str, object]] = msgspec.field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Tried:
    """A case with the record that it makes, the register beside it, and what came of it."""

    rule: Rule
    case: Case
    record: Record
    register: Record
    met: bool
    notes: tuple[str, ...]

    def fault(self) -> str | None:
        """How the outcome differs from what the table says; None when it holds."""
        if self.met is not self.case.met:
            return f"判断为{'符合' if self.met else '不符合'}，与案例表不一致"
        missing = sorted(set(self.case.notes) - set(self.notes))
        return f"没有提示 {'、'.join(missing)}" if missing else None


def cases_from_mapping(raw: Mapping[str, object], origin: str) -> CaseTable:
    """The table in a file's mapping. Raises `PackError`."""
    try:
        return msgspec.convert(raw, CaseTable, strict=False)
    except msgspec.ValidationError as error:
        raise PackError(f"{origin}：{shape_fault(error)}") from error


def records_of(pack: Pack, rule: Rule, table: CaseTable, case: Case, specimens: Specimens) -> list[Raw]:
    """The register, the assistance and the fact of a case, as departments send them."""
    feed = FEEDS[rule.feed]
    day = (case.day or table.day).isoformat()
    fact = {**specimens[rule.feed], **table.facts.get(rule.feed, {}), feed.own_date: day, **case.fact}
    return [
        _common(pack, "household-register", "register", date(2010, 1, 1).isoformat()) | _household(pack, case),
        *(
            _common(pack, "assistance", f"aid-{number}", str(one["from"])) | {"kind": "subsistence", **_plain(one)}
            for number, one in enumerate(case.assistance)
        ),
        _common(pack, rule.feed, CASE, day) | _plain(fact),
    ]


def try_cases(pack: Pack, table: CaseTable, book: PackBook, specimens: Specimens) -> Iterator[Tried]:
    """Every case of the table, judged. Raises `Refused` for a fact that is no valid record, `PackError` for a stray rule."""
    rules = {rule.id: rule for rule in pack.rules}
    for rule_id, cases in table.cases.items():
        if rule_id not in rules:
            raise PackError(f"{pack.id}：边界案例表里的规则 {rule_id}，政策包里没有")
        for case in cases:
            yield _try(pack, rules[rule_id], table, case, book, specimens)


def _try(pack: Pack, rule: Rule, table: CaseTable, case: Case, book: PackBook, specimens: Specimens) -> Tried:
    raws = records_of(pack, rule, table, case, specimens)
    parsed = [
        parse_record(FEEDS[str(raw["feed"])], {name: value for name, value in raw.items() if name != "feed"}, now=_NOW)
        for raw in raws
    ]
    result = replay(raws, book, case.as_of or _AS_OF, _NOW)
    met = any(
        (record_id, met.pack, met.rule_id) == (CASE, pack.id, rule.id)
        for _, _, finding in result.findings
        for record_id, met in finding.rules
    )
    notes = tuple(remark.problem.code for remark in result.remarks if remark.record_id == CASE)
    return Tried(rule, case, parsed[-1], parsed[0], met, notes)


def _common(pack: Pack, feed: str, record_id: str, occurred_on: str) -> Raw:
    subject = {"household_no": HOUSEHOLD} if FEEDS[feed].role == "register" else {"id_number": PERSON}
    return {
        "feed": feed,
        "record_id": record_id,
        "revision": 1,
        "status": "active",
        "county_code": pack.county_code,
        "occurred_on": occurred_on,
        "reported_at": _REPORTED,
        "subject": subject,
    }


def _household(pack: Pack, case: Case) -> Raw:
    member = {"id_number": PERSON, "name": "示例甲", "relation": "户主", "joined_on": "2010-01-01"}
    usual: Raw = {
        "household_no": HOUSEHOLD,
        "village_code": f"{pack.county_code}101201",
        "class": "out-of-poverty",
        "monitored": "none",
        "resident": True,
        "has_labour": True,
        "on_subsistence_allowance": False,
        "members": [member],
    }
    return usual | case.household


def _plain(fields: Mapping[str, object]) -> Raw:
    """YAML reads dates; records hold them as text."""
    return {name: value.isoformat() if isinstance(value, date) else value for name, value in fields.items()}
