"""What is wrong with a rule, as far as the pack alone can tell: its feed's fields, its numbers, its words."""

from collections.abc import Iterator, Mapping
from decimal import Decimal, InvalidOperation

from fangpin.domain.feeds import FEEDS, Feed, Field, vocabulary
from fangpin.domain.feeds.vocabulary import slugs
from fangpin.domain.policy.derived import DERIVED
from fangpin.domain.policy.numerals import numbers_in, squeeze
from fangpin.domain.policy.pack import NAMED, Condition, Rule
from fangpin.domain.policy.wording import comparator_faults, number_faults, stands

RISKS = slugs(vocabulary.RISKS)
_KINDS: Mapping[str, tuple[str, ...]] = {
    "compare": ("money",),
    "one_of": ("enum", "enum_list", "int", "int_list"),
    "positive": ("int",),
    "holds": ("bool",),
    "holds_or_unknown": ("bool",),
}
_ONLY_TRUE = ("positive", "holds_or_unknown")  # "false" would be read as the same
_FORMS = (*_KINDS, "all", "any")


def rule_faults(rule: Rule) -> Iterator[str]:
    """Each fault in Chinese; none for a sound rule."""
    feed = FEEDS.get(rule.feed)
    if feed is None:
        yield f"没有 {rule.feed} 这一类数据"
        return
    if rule.risk == NAMED and feed.risk_field is None:
        yield f"{feed.slug} 的记录不写明风险，risk 不能用 {NAMED}"
    if rule.risk not in (NAMED, *RISKS):
        yield f"没有 {rule.risk} 这种风险；可用的是 {'、'.join(RISKS)}"
    if rule.met is not None:
        if rule.met.months_after < 1:
            yield f"months_after 是 {rule.met.months_after}，应为 1 以上；当日即符合的不写 met"
        yield from number_faults(rule.basis, rule.met.as_written, [rule.met.months_after])
        if rule.met.unless_before is not None:
            ends = feed.field(rule.met.unless_before)
            if ends is None or ends.kind not in ("date", "until"):
                yield f"{feed.slug} 没有日期字段 {rule.met.unless_before}"
    if rule.running_total is not None:
        field = feed.field(rule.running_total)
        if field is None or field.kind != "money":
            yield f"{feed.slug} 没有可累计的金额字段 {rule.running_total}"
    if (rule.valid_from, rule.valid_until) != (None, None) and rule.series is None:
        yield "写了起止日期的规则应属于一个数值序列（series），由它说明按哪个日期取值"
    if rule.households == ():
        yield "households 是空的，对任何农户都不成立"
    if rule.when is not None:
        yield from _condition_faults(rule, feed, rule.when)


def _condition_faults(rule: Rule, feed: Feed, condition: Condition) -> Iterator[str]:
    forms = [name for name in _FORMS if getattr(condition, name) is not None]
    if len(forms) != 1:
        yield f"一个条件只能有一种写法（{'、'.join(_FORMS)}），这里有：{'、'.join(forms) or '无'}"
        return
    form = forms[0]
    if form in ("all", "any"):
        inner = condition.all or condition.any
        if not inner:
            yield f"{form} 是空的，对所有记录都成立或都不成立"
        for one in inner or ():
            yield from _condition_faults(rule, feed, one)
        return
    if condition.derived is not None:
        yield from _derived_faults(rule, feed, condition)
        return
    field = feed.field(condition.field or "")
    if field is None:
        yield f"{feed.slug} 没有字段 {condition.field}"
    elif field.kind not in _KINDS[form]:
        yield f"{form} 不能用于 {field.name}，它的类型是 {field.kind}"
    elif form == "compare":
        if (condition.against, condition.margin, condition.tolerance) != (None, None, None):
            yield "against、margin、tolerance 只用于推算金额（derived）"
        yield from _line_faults(rule, condition)
    elif form == "one_of":
        yield from _choice_faults(rule, field, condition)
    elif form in _ONLY_TRUE and getattr(condition, form) is not True:
        yield f"{form} 只能是 true；相反的条件请用 holds、compare 或 one_of 写明"


def _derived_faults(rule: Rule, feed: Feed, condition: Condition) -> Iterator[str]:
    known = DERIVED.get(feed.slug, {})
    if condition.derived not in known:
        yield f"{feed.slug} 没有推算金额 {condition.derived}；可用的是：{'、'.join(known) or '无'}"
    if condition.compare is None or condition.field is not None:
        yield "推算金额要用 compare 比较，并代替 field"
    if condition.against is None:
        if condition.margin is not None:
            yield "margin 与 against 连用；文件给出的界线用 tolerance"
        yield from _line_faults(rule, condition)
        yield from _decided(rule, "tolerance", condition.tolerance)
        return
    field = feed.field(condition.against)
    if field is None or field.kind != "money":
        yield f"{feed.slug} 没有金额字段 {condition.against}"
    if (condition.value, condition.tolerance) != (None, None):
        yield "用了 against 就不写 value 和 tolerance"
    if not stands(rule.basis, condition.as_written):
        yield f"引文里没有“{condition.as_written}”"
    yield from comparator_faults(rule.basis, condition.as_written, condition.compare)
    yield from _decided(rule, "margin", condition.margin)


def _decided(rule: Rule, name: str, text: str | None) -> Iterator[str]:
    """A number that no document gives: finite, not negative, and with a decision record."""
    if text is None:
        return
    if not _finite(text) or Decimal(text) < 0:
        yield f'{name} 应为 "0" 这样的数，不能是 {text}'
    if rule.basis.decision is None:
        yield f"{name} 不是文件的规定，要写明 decision"


def _finite(text: str | None) -> bool:
    try:
        return Decimal(text or "").is_finite()
    except InvalidOperation:
        return False


def _line_faults(rule: Rule, condition: Condition) -> Iterator[str]:
    if not _finite(condition.value):
        yield f'compare 要有以元计的 value，例如 "6000.00"，不能是 {condition.value}'
        return
    yield from number_faults(rule.basis, condition.as_written, [Decimal(condition.value or "")])
    yield from comparator_faults(rule.basis, condition.as_written, condition.compare)


def _choice_faults(rule: Rule, field: Field, condition: Condition) -> Iterator[str]:
    for choice in condition.one_of or ():
        if not _possible(field, choice):
            yield f"{field.name} 没有 {choice} 这个取值"
    if rule.basis.decision is not None and condition.as_written is None:
        return
    if not stands(rule.basis, condition.as_written):
        yield f"引文里没有 {field.name} 的 as_written"
        return
    written = squeeze(condition.as_written or "")
    numbers = numbers_in(written)
    for choice in condition.one_of or ():
        labels = {label for label, slug in field.labels.items() if slug == str(choice)}
        if (
            not any(label in written for label in {str(choice), *labels})
            and Decimal(choice if isinstance(choice, int) else -1) not in numbers
        ):
            yield f"{field.name} 的 {choice} 不在它自己的引文里"


def _possible(field: Field, choice: str | int) -> bool:
    if isinstance(choice, str):
        return choice in field.symbols
    return not field.symbols and choice >= field.least and (field.limit is None or choice <= field.limit)
