"""Proofs on a document's words: a number stands in its quotation, and its comparator in the words around it."""

from collections.abc import Iterable, Iterator, Mapping
from decimal import Decimal

from fangpin.domain.policy.numerals import numbers_in, squeeze
from fangpin.domain.policy.pack import Comparator
from fangpin.domain.policy.words import Basis

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


def stands(basis: Basis, as_written: str | None) -> bool:
    """Whether the words stand in a quotation of the basis, white space aside."""
    written = squeeze(as_written or "")
    return bool(written) and any(written in squeeze(one.quote) for one in basis.passages())


def number_faults(basis: Basis, as_written: str | None, values: Iterable[int | Decimal]) -> Iterator[str]:
    """The numbers are in the words, and the words are in the quotation."""
    if as_written is None:
        yield "有数字就要有 as_written，即文件的原文"
        return
    if not stands(basis, as_written):
        yield f"引文里没有“{as_written}”"
    found = numbers_in(as_written)
    for value in values:
        if value not in found:
            yield f"“{as_written}”里没有 {value}"


def comparator_faults(basis: Basis, as_written: str | None, compare: Comparator | None) -> Iterator[str]:
    """The words carry this comparator; words that carry none may be read by a decision, but never against others."""
    carried = {comparator for word, comparator in WORDS.items() if word in squeeze(as_written or "")}
    if carried == {compare} or (not carried and basis.decision is not None):
        return
    meant = "、".join(sorted(carried)) or "没有比较词"
    yield f"“{as_written}”的意思是 {meant}，不是 {compare}"
