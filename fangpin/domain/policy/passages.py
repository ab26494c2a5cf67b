"""Every quotation of a pack with the place that rests on it, for the proof against the document."""

from collections.abc import Iterable, Iterator

from fangpin.domain.policy.numerals import squeeze
from fangpin.domain.policy.pack import Pack
from fangpin.domain.policy.words import Basis

LETTERHEAD = 400  # characters within which a document gives its own number and title; further on it cites others


def bases(pack: Pack) -> Iterator[tuple[str, Basis]]:
    """Each basis, named by what rests on it."""
    if pack.risk_words is not None:
        yield from (("risk_words", basis) for basis in pack.risk_words.bases)
    if pack.income_period is not None:
        yield "income_period", pack.income_period.basis
    yield from ((f"规则 {one.id}", one.basis) for one in pack.rules)
    yield from ((f"报送事项 {one.id}", one.basis) for one in pack.duties)
    yield from ((f"排除情形 {one.number}", one.basis) for one in pack.exclusions)
    yield from ((f"帮扶措施 {one.id}", one.basis) for one in pack.measures)
    yield from ((f"步骤 {one.id}", one.basis) for one in pack.chain)


def decisions(pack: Pack) -> Iterator[tuple[str, str]]:
    """Each decision record, named by what refers to it."""
    yield from ((where, basis.decision) for where, basis in bases(pack) if basis.decision is not None)
    if pack.risk_words is not None and pack.risk_words.decision is not None:
        yield "risk_words", pack.risk_words.decision


def document_of(pack: Pack, texts: Iterable[str]) -> str | None:
    """The pack's document among these, without white space: by its number or, where it bears none, its title, at the head."""
    names = [squeeze(name) for name in (pack.document.number, pack.document.title)]
    squeezed = [squeeze(text) for text in texts]
    return next((text for name in names for text in squeezed if name in text[:LETTERHEAD]), None)
