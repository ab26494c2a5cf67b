"""From the mapping that a YAML file holds to a pack that may be used: shape, fields, and numbers in their quotations."""

from collections.abc import Iterator, Mapping
from decimal import Decimal, InvalidOperation

import msgspec

from fangpin.domain.feeds import FEEDS, Feed, Field
from fangpin.domain.policy.numerals import numbers_in, squeeze
from fangpin.domain.policy.pack import Comparator, Condition, Pack, PackError, Rule

RISKS = (
    "illness",
    "schooling",
    "disaster",
    "disability",
    "accident",
    "epidemic",
    "business-failure",
    "unemployment",
    "housing",
    "water",
    "income",
    "other",
)
# The words that carry a comparator (docs/decisions/0004-comparators.md).
WORDS: Mapping[str, Comparator] = {
    "以上": ">=",
    "达到": ">=",
    "以下": "<=",
    "以内": "<=",
    "超过": ">",
    "高于": ">",
    "低于": "<",
    "不满": "<",
}
_KINDS: Mapping[str, tuple[str, ...]] = {
    "compare": ("money",),
    "one_of": ("enum", "enum_list", "int", "int_list"),
    "positive": ("int",),
    "holds": ("bool",),
}
LAST_DAY = 31


def pack_from_mapping(raw: Mapping[str, object], origin: str = "pack") -> Pack:
    """The pack, proved as far as it can be without the document itself. Raises `PackError`."""
    try:
        pack = msgspec.convert(raw, Pack, strict=False)
    except msgspec.ValidationError as error:
        raise PackError(f"{origin}: {error}") from error
    for fault in _pack_faults(pack):
        raise PackError(f"{origin}: {fault}")
    if pack.valid_until is not None and pack.valid_until < pack.valid_from:
        raise PackError(f"{origin}: valid_until lies before valid_from")
    seen: set[str] = set()
    for rule in pack.rules:
        if rule.id in seen:
            raise PackError(f"{origin}: rule {rule.id} stands twice")
        seen.add(rule.id)
        for fault in _faults(rule):
            raise PackError(f"{origin}: rule {rule.id}: {fault}")
        if rule.risk not in pack.risk_labels:
            raise PackError(f"{origin}: rule {rule.id}: risk_labels has no label for {rule.risk}")
    return pack


def _pack_faults(pack: Pack) -> Iterator[str]:
    if not (pack.county_code.isascii() and pack.county_code.isdigit() and len(pack.county_code) == 6):
        yield f"county_code {pack.county_code} must be six digits, in quotation marks"
    if pack.village_day is not None and not 1 <= pack.village_day <= LAST_DAY:
        yield f"village_day {pack.village_day} must be a day of the month, 1 to {LAST_DAY}"
    for risk in pack.risk_labels:
        if risk not in RISKS:
            yield f"risk_labels: {risk} is none of {', '.join(RISKS)}"


def _faults(rule: Rule) -> Iterator[str]:
    feed = FEEDS.get(rule.feed)
    if feed is None:
        yield f"no feed {rule.feed}"
        return
    if rule.risk not in RISKS:
        yield f"risk {rule.risk} is none of {', '.join(RISKS)}"
    if rule.met is not None:
        if rule.met.months_after < 1:
            yield f"months_after {rule.met.months_after} must be 1 or more; leave `met` out for the feed's own date"
        yield from _stands(rule, rule.met.as_written, Decimal(rule.met.months_after))
        if rule.met.unless_before is not None:
            ends = feed.field(rule.met.unless_before)
            if ends is None or ends.kind not in ("date", "until"):
                yield f"{feed.slug} has no date {rule.met.unless_before}"
    if rule.when is not None:
        yield from _condition_faults(rule, feed, rule.when)


def _condition_faults(rule: Rule, feed: Feed, condition: Condition) -> Iterator[str]:
    forms = [
        name
        for name in ("compare", "one_of", "positive", "holds", "all", "any")
        if getattr(condition, name) is not None
    ]
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
    field = feed.field(condition.field or "")
    if field is None:
        yield f"{feed.slug} has no field {condition.field}"
    elif field.kind not in _KINDS[form]:
        yield f"{form} cannot judge {field.name}, which is of kind {field.kind}"
    elif form == "compare":
        yield from _line_stands(rule, condition)
    elif form == "one_of":
        yield from _choices_stand(rule, field, condition)


def _line_stands(rule: Rule, condition: Condition) -> Iterator[str]:
    try:
        line = Decimal(condition.value or "")
    except InvalidOperation:
        line = Decimal("NaN")
    if not line.is_finite():
        yield f'compare needs a value in yuan, such as "6000.00", not {condition.value}'
        return
    yield from _stands(rule, condition.as_written, line)
    carried = {comparator for word, comparator in WORDS.items() if word in squeeze(condition.as_written or "")}
    if carried != {condition.compare}:
        meant = " and ".join(sorted(carried)) or "no comparator"
        yield f"“{condition.as_written}” carries {meant}, not {condition.compare}"


def _choices_stand(rule: Rule, field: Field, condition: Condition) -> Iterator[str]:
    for choice in condition.one_of or ():
        if not _possible(field, choice):
            yield f"{choice} is no value of {field.name}"
    if rule.basis.decision is not None and condition.as_written is None:
        return
    written = squeeze(condition.as_written or "")
    if not written or written not in squeeze(rule.basis.quote):
        yield f"as_written of {field.name} does not stand in the quotation"
        return
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


def _stands(rule: Rule, as_written: str | None, value: Decimal) -> Iterator[str]:
    """The number is in the words, and the words are in the quotation."""
    if as_written is None:
        yield "a number needs as_written, the words of the document"
        return
    if squeeze(as_written) not in squeeze(rule.basis.quote):
        yield f"“{as_written}” does not stand in the quotation"
    if value not in numbers_in(as_written):
        yield f"{value} does not stand in “{as_written}”"
