"""A fact to be compared: a household's own, from its history, or one that was pasted and is stored nowhere."""

import base64
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any
from uuid import UUID

import msgspec

from fangpin.database import Connection
from fangpin.domain.assistance import Aid
from fangpin.domain.errors import Refused
from fangpin.domain.feeds import DEPARTMENTS, FEEDS
from fangpin.domain.feeds.household_register import HOUSEHOLD_REGISTER
from fangpin.domain.policy import Fact, PackBook
from fangpin.domain.policy.comparing import Under, under_each
from fangpin.domain.records import parse_record, read_content
from fangpin.domain.register import Register, RegisterState
from fangpin.ports import Account
from fangpin.salts import load_salts
from fangpin.strict_json import NotJson, decode
from fangpin.vault import Vault
from services.access import asking
from services.frame.labels import CLASSES, MONITORED, RISKS
from services.policy.receiving import received

WHY = {
    "not-in-force": "该日不在这份文件的有效期内。",
    "no-rule": "文件对这类情况没有规定条件，只作记录。",
    "no-value": "文件没有给出该时段的标准。",
    "period": "统计期间不是文件规定的收入计算周期，不能比较。",
    "not-met": "没有达到条件。",
}
_COLUMNS = {field.name: field.column for field in HOUSEHOLD_REGISTER.fields}
FLAGS = {name: _COLUMNS[name] for name in ("has_labour", "on_subsistence_allowance", "marginal_2019")}


@dataclass(frozen=True, slots=True)
class Compared:
    """A fact with the register and the assistance by which it is judged."""

    fact: Fact
    register: Register
    aid: Sequence[Aid] = ()

    def title(self) -> str:
        """What it is, in a few words."""
        return f"{FEEDS[self.fact.feed].title} {self.fact.occurred_on}"

    def shown(self) -> list[tuple[str, str]]:
        """Its fields as a page may show them, by column."""
        found = []
        for field in FEEDS[self.fact.feed].fields:
            value = self.fact.fields.get(field.name)
            if field.hidden or field.kind in ("members", "object", "text") or value in (None, ()):
                continue
            text = "、".join(field.label(one) for one in value) if isinstance(value, tuple) else field.label(value)
            found.append((field.column, f"{text}{field.unit}" if field.kind == "money" else text))
        return found


def facts_of(conn: Connection, household: UUID) -> list[dict[str, Any]]:
    """The household's facts as its history has them last, the latest first: which there are to choose from."""
    rows = conn.execute(
        "SELECT DISTINCT ON (data->>'feed', data->>'source', data->>'record_id') sequence, type, valid_on, "
        "data->>'feed', data->>'source', data->>'record_id' FROM household_history WHERE household_id = %s "
        "AND type LIKE 'Signal%%' ORDER BY data->>'feed', data->>'source', data->>'record_id', sequence DESC",
        (household,),
    ).fetchall()
    return [
        {
            "sequence": sequence,
            "occurred_on": day,
            "feed": FEEDS[feed].title,
            "department": DEPARTMENTS.get(source, source),
            "record_id": record_id,
        }
        for sequence, kind, day, feed, source, record_id in sorted(rows, key=lambda row: row[2], reverse=True)
        if kind in ("SignalRecorded", "SignalCorrected") and feed in FEEDS and FEEDS[feed].role == "fact"
    ]


def number_of(conn: Connection, account: Account, household: UUID) -> str:
    """The household's number. Raises 404 outside the account's area."""
    row = conn.execute(
        "SELECT household_no FROM inbox_household WHERE household_id = %s AND village_code LIKE %s",
        (household, account.area + "%"),
    ).fetchone()
    if row is None:
        raise asking.not_found()
    return str(row[0])


def stored(conn: Connection, vault: Vault, household: UUID, sequence: int) -> Compared:
    """A fact of the household, by its event. Raises 404 when it is none, or was shredded."""
    row = conn.execute(
        "SELECT valid_on, data FROM household_history WHERE household_id = %s AND sequence = %s", (household, sequence)
    ).fetchone()
    data: Mapping[str, Any] = row[1] if row is not None else {}
    feed = FEEDS.get(data.get("feed", ""))
    if row is None or feed is None or feed.role != "fact" or not data.get("sealed"):
        raise asking.not_found()
    subject = base64.b64decode(data["seal_subject"])
    salts = load_salts(conn, [subject])
    if subject not in salts:
        raise asking.not_found()
    content = vault.open_json(subject, salts[subject], base64.b64decode(data["sealed"]))
    if "fields" not in content or content.get("status") == "withdrawn":
        raise asking.not_found()
    states = conn.execute("SELECT state::text FROM register_state WHERE household_id = %s", (household,)).fetchall()
    register = Register("", [msgspec.json.decode(state, type=RegisterState) for (state,) in states])
    fact = Fact(
        feed.slug, data["source"], data["record_id"], row[0], read_content(feed, content), data.get("person_key")
    )
    return Compared(fact, register, received(conn, vault, household, register))


def pasted(form: Mapping[str, str]) -> Compared:
    """A record as JSON with its feed, in a household as the form describes it. Raises 422, which says what is wrong."""
    try:
        raw = decode(form.get("record", "").encode("utf-8", "surrogatepass"))
    except NotJson as error:
        raise asking.wrong("record", f"记录不能读取：{error}。请粘贴一条 JSON 记录。") from None
    if not isinstance(raw, dict):
        raise asking.wrong("record", "请粘贴一条 JSON 记录（一个对象）。")
    slug = raw.get("feed")
    feed = FEEDS.get(slug) if isinstance(slug, str) else None
    if feed is None or feed.role != "fact":
        kinds = "、".join(one for one, own in FEEDS.items() if own.role == "fact")
        raise asking.wrong("record", f"记录里要有 feed，是其中之一：{kinds}。")
    try:
        record = parse_record(feed, {key: value for key, value in raw.items() if key != "feed"}, now=datetime.now(UTC))
    except Refused as refused:
        raise asking.wrong("record", refused.worst.message) from None
    if record.withdrawn:
        raise asking.wrong("record", "这是一条撤回，没有可以比较的内容。")
    return Compared(
        Fact(feed.slug, feed.departments[0], record.record_id, record.occurred_on, record.fields), _household(form)
    )


def _household(form: Mapping[str, str]) -> Register:
    state = RegisterState(
        record_key="",
        record_id="",
        source="",
        revision=1,
        occurred_on=date(1990, 1, 1),
        reported_at=datetime(1990, 1, 1, tzinfo=UTC),
        village_code="",
        household_class=form["class"] if form.get("class") in CLASSES else "out-of-poverty",
        monitored=form["monitored"] if form.get("monitored") in MONITORED else "none",
        members=(),
        resident=True,
        has_labour=form.get("has_labour") == "true",
        on_subsistence_allowance=form.get("on_subsistence_allowance") == "true",
        marginal_2019=form.get("marginal_2019") == "true",
    )
    return Register("", [state])


def results(book: PackBook, compared: Compared) -> list[dict[str, Any]]:
    """A line for each pack that judges any county, those whose rules are met first."""
    packs = [pack for county in book.counties() for pack in book.of(county)]
    found = [_result(one) for one in under_each(packs, compared.fact, compared.register, compared.aid)]
    return sorted(found, key=lambda one: not one["met"])


def _result(one: Under) -> dict[str, Any]:
    pack = one.pack
    return {
        "pack": pack.id,
        "county": pack.county_name,
        "document": pack.document.number,
        "title": pack.document.title,
        "span": f"{pack.valid_from} 至 {pack.valid_until or '新文件印发前'}",
        "why": one.said or WHY.get(one.why),
        "rules": [rule.sentence for rule in one.rules] if one.why == "not-met" else [],
        "met": [
            {
                "sentence": rule.sentence,
                "risk": pack.risk_labels.get(met.risk, RISKS.get(met.risk, met.risk)),
                "purpose": {"warn": "预警", "enter": "纳入"}[met.purpose],
                "arithmetic": met.arithmetic,
                "met_on": met.met_on,
                "clause": rule.basis.clause,
                "quote": rule.basis.quote,
                "unknown": rule.unknown,
            }
            for rule, met in one.met
        ],
    }
