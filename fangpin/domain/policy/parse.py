"""From the mapping that a YAML file holds to a pack that may be used: shape, fields, and numbers in their quotations."""

from collections.abc import Iterator, Mapping
from decimal import Decimal

import msgspec

from fangpin.domain.feeds import FEEDS, Feed, Field
from fangpin.domain.policy.numerals import numbers_in, squeeze
from fangpin.domain.policy.pack import Condition, Pack, PackError, Rule

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


def pack_from_mapping(raw: Mapping[str, object], origin: str = "pack") -> Pack:
    """The pack, proved as far as it can be without the document itself. Raises `PackError`."""
    try:
        pack = msgspec.convert(raw, Pack, strict=False)
    except msgspec.ValidationError as error:
        raise PackError(f"{origin}: {error}") from error
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


def _faults(rule: Rule) -> Iterator[str]:
    feed = FEEDS.get(rule.feed)
    if feed is None:
        yield f"no feed {rule.feed}"
        return
    if rule.risk not in RISKS:
        yield f"risk {rule.risk} is none of {', '.join(RISKS)}"
    if rule.met is not None:
        yield from _stands(rule, rule.met.as_written, [Decimal(rule.met.months_after)])
        if rule.met.unless_before is not None and feed.field(rule.met.unless_before) is None:
            yield f"{feed.slug} has no field {rule.met.unless_before}"
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
    for inner in (*(condition.all or ()), *(condition.any or ())):
        yield from _condition_faults(rule, feed, inner)
    if forms[0] in ("all", "any"):
        return
    field = feed.field(condition.field or "")
    if field is None:
        yield f"{feed.slug} has no field {condition.field}"
        return
    if condition.compare is not None:
        if condition.value is None:
            yield "compare needs a value"
            return
        yield from _stands(rule, condition.as_written, [Decimal(condition.value)])
    if condition.one_of is not None:
        yield from _choices_stand(rule, field, condition)


def _choices_stand(rule: Rule, field: Field, condition: Condition) -> Iterator[str]:
    for choice in condition.one_of or ():
        if field.symbols and choice not in field.symbols:
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


def _stands(rule: Rule, as_written: str | None, values: list[Decimal]) -> Iterator[str]:
    """The number is in the words, and the words are in the quotation."""
    if as_written is None:
        yield "a number needs as_written, the words of the document"
        return
    if squeeze(as_written) not in squeeze(rule.basis.quote):
        yield f"“{as_written}” does not stand in the quotation"
    for value in values:
        if value not in numbers_in(as_written):
            yield f"{value} does not stand in “{as_written}”"
