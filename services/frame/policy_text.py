"""A policy pack, and the difference of two, as lines that an officer reads."""

from collections.abc import Iterable, Iterator
from datetime import date

import msgspec

from fangpin.domain.feeds import DEPARTMENTS, FEEDS
from fangpin.domain.policy import Pack, Rule
from fangpin.domain.policy.derived import DERIVED
from fangpin.domain.policy.difference import Difference
from fangpin.domain.policy.pack import NAMED, Condition, HouseholdKind
from fangpin.domain.policy.procedure import Due, Duty, Step
from services.frame.labels import CLASSES, MONITORED

PURPOSES = {"warn": "预警", "enter": "纳入"}
ROLES = {
    "household": "农户",
    "grid": "网格",
    "county": "县",
    "province": "上级",
    "all-departments": "各部门",
    "leading-group": "县领导小组办公室",
}
PERIODS = {"month": "每月", "quarter": "每季度", "half-year": "每半年", "year": "每年", "occurrence": "发生后"}
_CHANGES = {"added": "＋", "removed": "－", "changed": "≠"}
_MONITORED = {**MONITORED, "none": "未监测"}  # the register's 无 says something under its heading only
_SIGNS = {">=": "≥", ">": ">", "<": "<", "<=": "≤"}


def pack_lines(pack: Pack) -> Iterator[str]:
    """The whole pack, each value with the place where it stands."""
    yield f"{pack.id}  {pack.county_name} {pack.county_code}"
    yield f"《{pack.document.title}》{pack.document.number}"
    yield f"有效期：{_span(pack.valid_from, pack.valid_until)}"
    if pack.village_day is not None:
        yield f"村级期限：每月{pack.village_day}日"
    if pack.township_day is not None:
        yield f"乡镇期限：每月{pack.township_day}日"
    yield f"风险用语：{'、'.join(dict.fromkeys(pack.risk_labels.values()))}"
    yield from _part("规则", [line for rule in pack.rules for line in _rule_lines(pack, rule)])
    yield from _part(
        "没有数值的时段",
        [f"  {one.id} {_span(gap.valid_from, gap.valid_until)}：{gap.none}" for one in pack.series for gap in one.gaps],
    )
    yield from _part("期限", [_duty(duty) for duty in pack.duties])
    yield from _part(
        "原则上不得纳入的情形",
        [f"  {one.number}. {one.what}（核查：{names(one.asks)}）" for one in pack.exclusions],
    )
    yield from _part(
        "帮扶措施",
        [
            f"  {one.name}：{_bodies(one.lead, one.lead_others) or '文件未指明牵头单位'}（{one.basis.clause}）"
            for one in pack.measures
        ],
    )
    yield from _part(
        "程序",
        [
            f"  {number}. {one.what}（{_bodies(one.by, one.others)}{_marks(one)}；{one.basis.clause}）"
            for number, one in enumerate(pack.chain, 1)
        ],
    )


def difference_lines(before: Pack, after: Pack, found: Iterable[Difference]) -> Iterator[str]:
    """One line a difference, in the order of the pack."""
    yield f"－ {before.id}（{_span(before.valid_from, before.valid_until)}）"
    yield f"＋ {after.id}（{_span(after.valid_from, after.valid_until)}）"
    for one in found:
        sides = {"added": _brief(one.after), "removed": _brief(one.before)}
        yield f"{_CHANGES[one.change]} {one.path}：{sides.get(one.change) or f'{_brief(one.before)} → {_brief(one.after)}'}"


def _brief(value: object) -> str:
    """A rule by its sentence, anything else as it is."""
    if isinstance(value, dict):
        for name in ("sentence", "what", "name"):
            if isinstance(value.get(name), str):
                return str(value[name])
    return value if isinstance(value, str) else msgspec.json.encode(value).decode()


def _part(title: str, lines: list[str]) -> Iterator[str]:
    if lines:
        yield ""
        yield title
        yield from lines


def _rule_lines(pack: Pack, rule: Rule) -> Iterator[str]:
    risk = "由记录指明" if rule.risk == NAMED else pack.risk_labels[rule.risk]
    dated = f"，{_span(rule.valid_from, rule.valid_until)}" if rule.series is not None else ""
    yield f"  {rule.id}（{FEEDS[rule.feed].title}，{risk}，{PURPOSES[rule.purpose]}{dated}）"
    yield f"    {rule.sentence}"
    for text in _conditions(rule, rule.when):
        yield f"    条件：{text}"
    if rule.households is not None:
        yield f"    对象：{'；或'.join(_kind(kind) for kind in rule.households)}"
    yield f"    依据：{rule.basis.clause}“{rule.basis.quote}”"
    if rule.basis.decision is not None:
        yield f"    说明：{rule.basis.decision}"


def _conditions(rule: Rule, condition: Condition | None) -> Iterator[str]:
    """Each comparison and choice on its own line; how they combine is in the sentence."""
    if condition is None:
        return
    for inner in (*(condition.all or ()), *(condition.any or ())):
        yield from _conditions(rule, inner)
    feed = FEEDS[rule.feed]
    field = feed.field(condition.field or "")
    if condition.compare is not None:
        name = field.column if field is not None else DERIVED[rule.feed][condition.derived or ""].title
        against = feed.field(condition.against or "")
        line = against.column if against is not None else condition.value
        widened = "".join(
            f"，{title} {text}" for title, text in (("容差", condition.tolerance), ("幅度", condition.margin)) if text
        )
        yield f"{name} {_SIGNS[condition.compare]} {line}{widened}"
    elif field is not None and condition.one_of is not None:
        yield f"{field.column} ∈ {{{'、'.join(field.label(choice) for choice in condition.one_of)}}}"
    elif field is not None and condition.positive is not None:
        yield f"{field.column} > 0"
    elif field is not None and condition.holds_or_unknown is not None:
        yield f"{field.column}：是，或未填"
    elif field is not None:
        yield f"{field.column}：{field.label(condition.holds)}"


def _kind(kind: HouseholdKind) -> str:
    parts = [
        *(CLASSES[one] for one in kind.classes or ()),
        *("2019年边缘易致贫户" for _ in range(kind.marginal_2019 is True)),
        *("有劳动能力" for _ in range(kind.has_labour is True)),
        *("未享受低保" for _ in range(kind.on_subsistence is False)),
    ]
    if kind.monitored is not None:
        parts.append("或".join(_MONITORED[one] for one in kind.monitored))
    return "、".join(parts)


def _duty(duty: Duty) -> str:
    return f"  {names(duty.by)} → {names(duty.to)}：{duty.what}（{PERIODS[duty.every]}{due_text(duty.due)}；{duty.basis.clause}）"


def _marks(step: Step) -> str:
    lasting = f"，为期{step.working_days}个工作日" if step.working_days is not None else ""
    return f"{lasting}{'，决定' if step.decides else ''}"


def due_text(due: Due) -> str:
    if due.day is not None:
        month = f"第{due.month_of_quarter}个月" if due.month_of_quarter is not None else ""
        return f"{month}{due.day}日前"
    if due.days is not None:
        return f"{due.days}日内"
    if due.working_days is not None:
        return f"{due.working_days}个工作日"
    return "期末前" if due.end else "，文件未规定日期"


def names(slugs: Iterable[str]) -> str:
    return "、".join(ROLES.get(slug) or DEPARTMENTS[slug] for slug in slugs)


def _bodies(slugs: Iterable[str], others: Iterable[str]) -> str:
    return "、".join(one for one in (names(slugs), *others) if one)


def _span(first: date | None, last: date | None) -> str:
    return f"{first or '此前'} 至 {last or '新文件印发前'}"
