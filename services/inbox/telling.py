"""A household event as a sentence for the officer who visits the family. Any feed is told from its description."""

from collections.abc import Iterator, Mapping
from typing import Any

from fangpin.domain.feeds import DEPARTMENTS, FEEDS, Feed, Field
from services.frame.labels import FINDINGS

REASONS = {
    "withdrawn": "部门撤回了记录",
    "corrected": "部门更正后不再达到条件",
    "moved": "登记变更，记录归入别户",
    "circumstances": "登记或救助情况更正后不再达到条件",
    "alias": "户号对照变更，记录归入别户或退回待归户",
    "link-decided": "县级决定把记录归入别户",
    "link-undone": "县级撤销了归户决定，记录按登记重新归户",
}
POLICY = "policy:"  # another pack came into force
# Notes that an officer can do something about; the others are for engineers.
NOTES = {
    "NAME_DIFF": "姓名与登记不同，请核对",
    "PERSON_DEAD": "此人登记为已去世",
    "PERIOD_OTHER": "统计期间与文件规定的不同",
    "HOUSEHOLD_DIFF": "身份证号与户编号指向不同的户，以身份证号为准",
    "PERSON_NOT_IN_HOUSEHOLD": "身份证号不在本户登记中，按户编号归入",
    "MATCHED_BY_ALIAS": "户编号按户号对照认出",
    "LINKED_BY_PERSON": "由县级干部决定归入本户",
    "NO_POLICY": "该日无政策",
    "SUPERSEDED_BY_FILE": "有更新的修订",
}
NOT_A_MEMBER = "身份证号不在本户登记中"  # of a record that a person placed, by no number
_SIGNALS = {"SignalRecorded": "报送", "SignalCorrected": "更正", "SignalWithdrawn": "撤回", "SignalMoved": "移出本户"}


def tell(event: Mapping[str, Any], risks: Mapping[str, str]) -> str:
    """What happened, in one sentence."""
    kind, data = event["type"], event["data"]
    if kind.startswith("Household"):
        return _register(kind, data)
    if kind in _SIGNALS:
        return _signal(kind, data)
    if kind in ("LinkDecided", "LinkUndone"):
        return _link(kind, data)
    if kind in ("ExclusionOverridden", "ExclusionOverrideWithdrawn"):
        return _override(kind, data)
    risk = risks.get(data.get("risk"), data.get("risk"))
    if kind == "FindingRecorded":
        return _finding(data, risk)
    if kind == "WarningEscalated":
        return _escalated(data, risk)
    count = len(data.get("evidence", ()))
    reason = data.get("reason")
    told = {
        "WarningRaised": f"产生{risk}预警，依据{count}条",
        "WarningGrew": f"{risk}预警增加依据，共{count}条",
        "WarningShrank": f"{risk}预警减少依据，余{count}条（{why(reason, '数据更正')}）",
        "WarningChanged": f"{risk}预警的依据有更正",
        "WarningWithdrawn": f"{risk}预警撤回：{why(reason, '依据不再成立')}",
    }
    sentence = told.get(kind, f"其他变化（{kind}）")
    if reason is not None and kind in ("WarningRaised", "WarningGrew", "WarningChanged"):
        sentence += f"（{why(reason, reason)}）"
    return sentence


def why(reason: str | None, otherwise: str) -> str:
    """The reason that an event of a warning gives, in words; `otherwise` where it gives none that is known."""
    if reason is not None and reason.startswith(POLICY):
        return f"政策调整，按政策包 {reason.removeprefix(POLICY)} 启用后的政策重新判定"
    return REASONS.get(reason or "", otherwise)


def lane(kind: str) -> str:
    """Of what sort an event is, for the eye: warning, finding (what a person decided), register or record."""
    if kind.startswith("Warning"):
        return "warning"
    if kind.startswith(("Finding", "Link", "Exclusion")):
        return "finding"
    return "register" if kind.startswith("Household") else "record"


def facts(feed: Feed, content: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    """The fields of a record as the feed describes them: column and value. What may not be shown is not in `content`."""
    for field in feed.fields:
        value = content.get(field.name)
        if value in (None, "", [], ()) or field.kind == "members":
            continue
        text = _value(field, value)
        yield field.column, f"{text}{field.unit}" if field.kind == "money" else text


def record(feed_slug: str, content: Mapping[str, Any]) -> str:
    """A record in half a sentence: whom it is about, and its fields."""
    feed = FEEDS.get(feed_slug)
    who = (content.get("subject") or {}).get("name")
    about = f"{who}：" if who else ""
    parts = [f"{column} {text}" for column, text in facts(feed, content)] if feed is not None else []
    return about + "，".join(parts)


def notes_of(data: Mapping[str, Any]) -> list[str]:
    """What the hub noticed about a record, as far as an officer can act on it."""
    notes = data.get("notes") or ()
    by_person = "LINKED_BY_PERSON" in notes
    return [
        NOT_A_MEMBER if by_person and note == "PERSON_NOT_IN_HOUSEHOLD" else NOTES[note]
        for note in notes
        if note in NOTES
    ]


def department(slug: str) -> str:
    """A department's name."""
    return DEPARTMENTS.get(slug, slug)


def feed_title(slug: str) -> str:
    """A feed's name."""
    return FEEDS[slug].title if slug in FEEDS else slug


def label_of(feed_slug: str, name: str, value: object) -> str:
    """A field's value as the feed's column has it."""
    field = FEEDS[feed_slug].field(name)
    return str(value) if field is None else _value(field, value)


def _register(kind: str, data: Mapping[str, Any]) -> str:
    if data["status"] == "withdrawn":
        return "农户登记被撤回"
    what = "首次登记" if kind == "HouseholdRegistered" else "登记变更"
    household_class = label_of("household-register", "class", data["class"])
    return f"{what}：{household_class}，{len(data['members'])}人"


def _signal(kind: str, data: Mapping[str, Any]) -> str:
    told = record(data["feed"], data.get("content") or {})
    head = f"{department(data['source'])}{_SIGNALS[kind]}{feed_title(data['feed'])}"
    return f"{head}（{told}）" if told else head


def _link(kind: str, data: Mapping[str, Any]) -> str:
    what = f"{department(data['of_source'])}报送的{feed_title(data['of_feed'])}（记录 {data['of_record_id']}）"
    if kind == "LinkDecided":
        told = f"县级决定：{what}归入本户"
    elif data["cause"] == "replaced":
        told = f"归户决定改变：{what}不再按原决定归入本户"
    else:
        told = f"撤销归户决定：{what}按登记重新归户"
    return told + _why(data)


def _override(kind: str, data: Mapping[str, Any]) -> str:
    content = data.get("content") or {}
    number = content.get("situation")
    named = f"“{label_of(data['feed'], 'situation', number)}”" if number else ""
    told = "作出专门说明" if kind == "ExclusionOverridden" else "撤回专门说明"
    return f"对排除情形{named}{told}" + _why(content)


def _why(said: Mapping[str, Any]) -> str:
    """The reason that a person gave, and who it was."""
    reason = f"。理由：{said['reason']}" if said.get("reason") else ""
    return f"{reason}（{said['decided_by']}）" if said.get("decided_by") else reason


def _finding(data: Mapping[str, Any], risk: str | None) -> str:
    note = f"：{data['note']}" if data.get("note") else ""
    late = "" if data["effective"] else "（已有后续预警，本结果只作记录）"
    result = FINDINGS.get(data["result"], "撤销")
    return f"核实{risk}预警：{result}{note}{late}"


def _escalated(data: Mapping[str, Any], risk: str | None) -> str:
    if data["level"] == "none":
        return f"{risk}预警不再逾期：日期已调回"
    to = "县里" if data["level"] == "county" else "乡镇"
    return f"{risk}预警逾期未核实（期限 {data['due_on']}），上报{to}"


def _value(field: Field, value: object) -> str:
    if isinstance(value, list | tuple):
        return "、".join(field.label(one) for one in value)
    if isinstance(value, Mapping):
        return "、".join(f"{part.column} {part.label(value[part.name])}" for part in field.parts if part.name in value)
    return field.label(value)
