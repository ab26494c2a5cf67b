"""The words of a document on which something in a pack rests."""

import msgspec


class Strict(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """Part of a pack: read only, and nothing in it that nobody declared."""


class Passage(Strict, frozen=True, kw_only=True):
    """A quotation and the place where it stands."""

    clause: str
    quote: str


class Basis(Strict, frozen=True, kw_only=True):
    """The words on which a value rests, and the record of the decision where the document leaves room.

    `further` are other places of the same document that belong to it, such as the one that names the households.
    """

    clause: str
    quote: str
    decision: str | None = None
    further: tuple[Passage, ...] = ()

    def passages(self) -> tuple[Passage, ...]:
        """Every quotation, the main one first."""
        return (Passage(clause=self.clause, quote=self.quote), *self.further)
