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
_FORMS = (*_KINDS, "all", "any")


def rule_faults(rule: Rule) -> Iterator[str]:
    """Each fault in words; none for a sound rule."""
    feed = FEEDS.get(rule.feed)
    if feed is None:
        yield f"no feed {rule.feed}"
        return
    if rule.risk == NAMED and feed.risk_field is None:
        yield f"{feed.slug} names no risk"
    if rule.risk not in (NAMED, *RISKS):
        yield f"risk {rule.risk} is none of {', '.join(RISKS)}"
    if rule.met is not None:
        if rule.met.months_after < 1:
            yield f"months_after {rule.met.months_after} must be 1 or more; leave `met` out for the feed's own date"
        yield from number_faults(rule.basis, rule.met.as_written, [rule.met.months_after])
        if rule.met.unless_before is not None:
            ends = feed.field(rule.met.unless_before)
            if ends is None or ends.kind not in ("date", "until"):
                yield f"{feed.slug} has no date {rule.met.unless_before}"
    if rule.running_total is not None:
        field = feed.field(rule.running_total)
        if field is None or field.kind != "money":
            yield f"{feed.slug} has no amount {rule.running_total} to total"
    if (rule.valid_from, rule.valid_until) != (None, None) and rule.series is None:
        yield "a dated rule belongs to a series, which says what its dates are measured on"
    if rule.households == ():
        yield "`households` is empty; it would hold for none"
    if rule.when is not None:
        yield from _condition_faults(rule, feed, rule.when)


def _condition_faults(rule: Rule, feed: Feed, condition: Condition) -> Iterator[str]:
    forms = [name for name in _FORMS if getattr(condition, name) is not None]
    if len(forms) != 1:
        yield f"a condition must have exactly one form, this has {forms or 'none'}"
        return
    form = forms[0]
    if form in ("all", "any"):
        inner = condition.all or condition.any
        if not inner:
            yield f"`{form}` is empty; it would hold for every record or for none"
        for one in inner or ():
            yield from _condition_faults(rule, feed, one)
        return
    if condition.derived is not None:
        yield from _derived_faults(rule, feed, condition)
        return
    field = feed.field(condition.field or "")
    if field is None:
        yield f"{feed.slug} has no field {condition.field}"
    elif field.kind not in _KINDS[form]:
        yield f"{form} cannot judge {field.name}, which is of kind {field.kind}"
    elif form == "compare":
        if (condition.against, condition.margin, condition.tolerance) != (None, None, None):
            yield "against, margin and tolerance belong to a derived amount"
        yield from _line_faults(rule, condition)
    elif form == "one_of":
        yield from _choice_faults(rule, field, condition)


def _derived_faults(rule: Rule, feed: Feed, condition: Condition) -> Iterator[str]:
    known = DERIVED.get(feed.slug, {})
    if condition.derived not in known:
        yield f"{feed.slug} has no derived amount {condition.derived}; there are: {', '.join(known) or 'none'}"
    if condition.compare is None or condition.field is not None:
        yield "a derived amount is compared, and stands in place of a field"
    if condition.against is None:
        if condition.margin is not None:
            yield "a margin widens `against`; a line of the document has a tolerance"
        yield from _line_faults(rule, condition)
        yield from _decided(rule, "tolerance", condition.tolerance)
        return
    field = feed.field(condition.against)
    if field is None or field.kind != "money":
        yield f"{feed.slug} has no amount {condition.against}"
    if (condition.value, condition.tolerance) != (None, None):
        yield "`against` takes the place of value and tolerance"
    if not stands(rule.basis, condition.as_written):
        yield f"“{condition.as_written}” does not stand in the quotation"
    yield from comparator_faults(rule.basis, condition.as_written, condition.compare)
    yield from _decided(rule, "margin", condition.margin)


def _decided(rule: Rule, name: str, text: str | None) -> Iterator[str]:
    """A number that no document gives: finite, not negative, and with a decision record."""
    if text is None:
        return
    if not _finite(text) or Decimal(text) < 0:
        yield f'{name} must be a number such as "0", not {text}'
    if rule.basis.decision is None:
        yield f"{name} is ours, not the document's: it needs a decision"


def _finite(text: str | None) -> bool:
    try:
        return Decimal(text or "").is_finite()
    except InvalidOperation:
        return False


def _line_faults(rule: Rule, condition: Condition) -> Iterator[str]:
    if not _finite(condition.value):
        yield f'compare needs a value in yuan, such as "6000.00", not {condition.value}'
        return
    yield from number_faults(rule.basis, condition.as_written, [Decimal(condition.value or "")])
    yield from comparator_faults(rule.basis, condition.as_written, condition.compare)


def _choice_faults(rule: Rule, field: Field, condition: Condition) -> Iterator[str]:
    for choice in condition.one_of or ():
        if not _possible(field, choice):
            yield f"{choice} is no value of {field.name}"
    if rule.basis.decision is not None and condition.as_written is None:
        return
    if not stands(rule.basis, condition.as_written):
        yield f"as_written of {field.name} does not stand in the quotation"
        return
    written = squeeze(condition.as_written or "")
    numbers = numbers_in(written)
    for choice in condition.one_of or ():
        labels = {label for label, slug in field.labels.items() if slug == str(choice)}
        if (
            not any(label in written for label in {str(choice), *labels})
            and Decimal(choice if isinstance(choice, int) else -1) not in numbers
        ):
            yield f"{choice} of {field.name} does not stand in its own quotation"


def _possible(field: Field, choice: str | int) -> bool:
    if isinstance(choice, str):
        return choice in field.symbols
    return not field.symbols and choice >= field.least and (field.limit is None or choice <= field.limit)
