"""The shape of a policy pack: one YAML file for a county and an issue of its policy. Unknown fields are refused."""

from datetime import date
from typing import Literal

import msgspec

Purpose = Literal["warn", "enter"]
Comparator = Literal[">=", ">", "<", "<="]


class PackError(Exception):
    """A pack that cannot be used: which file, which rule, what is wrong, what to do."""


class _Strict(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    pass


class Document(_Strict, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """The county document that a pack carries out."""

    number: str
    title: str
    issued_on: date


class Condition(_Strict, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """One condition on a fact's field, or a combination. Exactly one of its forms is filled.

    `compare` with `value`: a number of yuan, as the document writes it in `as_written`. `one_of`: the field's value (or
    one of a list's) is among these. `positive`: a count above nought. `holds`: a boolean. `all` / `any`: of others.
    """

    field: str | None = None
    compare: Comparator | None = None
    value: str | None = None
    one_of: tuple[str | int, ...] | None = None
    positive: bool | None = None
    holds: bool | None = None
    as_written: str | None = None
    all: tuple["Condition", ...] | None = None
    any: tuple["Condition", ...] | None = None


class MetLater(_Strict, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """Met some calendar months after the fact's own date, unless the date in `unless_before` came earlier."""

    months_after: int
    as_written: str
    unless_before: str | None = None


class Basis(_Strict, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """The words on which a rule rests, and the record of the decision where the document leaves room."""

    clause: str
    quote: str
    decision: str | None = None


class Rule(_Strict, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """One rule: which facts of which households it turns into a warning. `sentence` and `unknown` are for officers."""

    id: str
    feed: str
    risk: str
    sentence: str
    basis: Basis
    purpose: Purpose = "warn"
    classes: tuple[Literal["out-of-poverty", "ordinary"], ...] | None = None
    when: Condition | None = None
    met: MetLater | None = None
    unknown: tuple[str, ...] = ()


class Pack(_Strict, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """A county's policy from `valid_from` to `valid_until` (None: until replaced)."""

    id: str
    county_code: str
    county_name: str
    document: Document
    valid_from: date
    valid_until: date | None = None
    village_day: int | None = None
    risk_labels: dict[str, str]
    rules: tuple[Rule, ...]

    def covers(self, on: date) -> bool:
        """Whether the pack is in force on that day."""
        return self.valid_from <= on and (self.valid_until is None or on <= self.valid_until)
