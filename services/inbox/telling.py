"""A household event as one sentence for the officer who visits the family."""

from collections.abc import Mapping
from typing import Any

from fangpin.domain.feeds import DEPARTMENTS, FEEDS, Field
from fangpin.domain.feeds.finding import RESULTS

STATUS_LABELS = {
    "open": "待核实",
    "verified": "属实",
    "dismissed": "不属实",
    "helped": "已帮扶",
    "closed": "已办结",
    "withdrawn": "已撤回",
}
REASONS = {"withdrawn": "部门撤回了记录", "corrected": "部门更正后不再达到条件", "moved": "登记变更，记录归入别户"}
_CLASSES = {"out-of-poverty": "脱贫户", "ordinary": "普通农户"}
_RESULTS = {slug: label for label, slug in RESULTS.items()} | {"withdrawn": "撤销"}
_SHOWN = 6  # fields of a record in one sentence; the rest is in the department's system


def tell(event: Mapping[str, Any], risk_labels: Mapping[str, str]) -> str | None:
    """The sentence; None for an event that says nothing to an officer."""
    kind, data = event["type"], event["data"]
    if kind.startswith("Household"):
        if data["status"] == "withdrawn":
            return "农户登记被撤回"
        what = "首次登记" if kind == "HouseholdRegistered" else "登记变更"
        return f"{what}：{_CLASSES.get(data['class'], data['class'])}，{len(data['members'])}人"
    if kind.startswith("Signal"):
        return _signal(kind, data)
    risk = risk_labels.get(data["risk"], data["risk"])
    if kind == "FindingRecorded":
        note = f"：{data['note']}" if data.get("note") else ""
        late = "" if data["effective"] else "（已有后续预警，本结果只作记录）"
        return f"核实{risk}预警：{_RESULTS.get(data['result'], data['result'])}{note}{late}"
    count = len(data["evidence"])
    return {
        "WarningRaised": f"产生{risk}预警，依据{count}条",
        "WarningGrew": f"{risk}预警增加依据，共{count}条",
        "WarningShrank": f"{risk}预警减少依据，余{count}条（{REASONS.get(data.get('reason'), '数据更正')}）",
        "WarningChanged": f"{risk}预警的依据有更正",
        "WarningWithdrawn": f"{risk}预警撤回：{REASONS.get(data.get('reason'), '依据不再成立')}",
    }.get(kind)


def _signal(kind: str, data: Mapping[str, Any]) -> str:
    feed = FEEDS[data["feed"]]
    source = DEPARTMENTS.get(data["source"], data["source"])
    what = {"SignalRecorded": "报送", "SignalCorrected": "更正", "SignalWithdrawn": "撤回", "SignalMoved": "移出本户"}[
        kind
    ]
    content = data.get("content") or {}
    parts = []
    for field in feed.fields:
        value = content.get(field.name)
        if value is not None:
            parts.append(f"{field.column} {_value(field, value)}")
    who = (content.get("subject") or {}).get("name")
    about = f"（{who}）" if who else ""
    return f"{source}{what}{feed.title}{about}：{'，'.join(parts[:_SHOWN])}"


def _value(field: Field, value: object) -> str:
    if isinstance(value, list):
        return "、".join(field.label(one) for one in value)
    if isinstance(value, Mapping):
        return "、".join(f"{part.column} {part.label(value[part.name])}" for part in field.parts if part.name in value)
    return field.label(value)
