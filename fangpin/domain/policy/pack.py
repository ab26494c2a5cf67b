"""The shape of a policy pack: one YAML file for a county and an issue of its policy. Unknown fields are refused."""

from datetime import date
from typing import Literal

from fangpin.domain.policy.procedure import Duty, Exclusion, Measure, Step
from fangpin.domain.policy.words import Basis, Strict

Purpose = Literal["warn", "enter"]
Comparator = Literal[">=", ">", "<", "<="]
HouseholdClass = Literal["out-of-poverty", "ordinary"]
Monitored = Literal["none", "unstable", "marginal", "hardship"]
NAMED = "named"  # a rule's risk: the one that the record itself names


class PackError(Exception):
    """A pack that cannot be used: which file, which rule, what is wrong, what to do."""


class Document(Strict, frozen=True, kw_only=True):
    """The county document that a pack carries out; `issued_on` is None where it bears no date."""

    number: str
    title: str
    issued_on: date | None = None


class Condition(Strict, frozen=True, kw_only=True):
    """One condition on a fact, or a combination. Exactly one of its forms is filled.

    `compare`: `field`, or the amount computed as `derived` says, against `value` (yuan, as the document writes it in
    `as_written`) widened by `tolerance`; or against the fact's own field `against`, increased by the share `margin`.
    `one_of`: the field's value (or one of a list's) is among these. `positive`: a count above nought. `holds`: a
    boolean. `holds_or_unknown`: a boolean that is true or was not asked. `all` / `any`: of others.
    """

    field: str | None = None
    derived: str | None = None
    compare: Comparator | None = None
    value: str | None = None
    tolerance: str | None = None
    against: str | None = None
    margin: str | None = None
    one_of: tuple[str | int, ...] | None = None
    positive: bool | None = None
    holds: bool | None = None
    holds_or_unknown: bool | None = None
    as_written: str | None = None
    all: tuple["Condition", ...] | None = None
    any: tuple["Condition", ...] | None = None


class MetLater(Strict, frozen=True, kw_only=True):
    """Met some calendar months after the fact's own date, unless the date in `unless_before` came earlier."""

    months_after: int
    as_written: str
    unless_before: str | None = None


class HouseholdKind(Strict, frozen=True, kw_only=True):
    """A kind of household, by its register as of the rule's date; every filled part must hold.

    `on_subsistence`: whether the household, or a member of that day, receives the subsistence allowance (低保) by the
    register or by an `assistance` record.
    """

    classes: tuple[HouseholdClass, ...] | None = None
    monitored: tuple[Monitored, ...] | None = None
    marginal_2019: bool | None = None
    has_labour: bool | None = None
    on_subsistence: bool | None = None


class Rule(Strict, frozen=True, kw_only=True):
    """One rule: which facts of which households it turns into a warning. `sentence` and `unknown` are for officers.

    `households`: any of these kinds; None for all. `series` with `valid_from`, `valid_until`: a value that the document
    gives for a span of time; `Series` says what the span is measured on.
    """

    id: str
    feed: str
    risk: str
    sentence: str
    basis: Basis
    purpose: Purpose = "warn"
    households: tuple[HouseholdKind, ...] | None = None
    when: Condition | None = None
    met: MetLater | None = None
    series: str | None = None
    valid_from: date | None = None
    valid_until: date | None = None
    running_total: str | None = None
    unknown: tuple[str, ...] = ()


class Gap(Strict, frozen=True, kw_only=True):
    """A span without a value in a series, and why: `none`. `noted`: a fact of that span gets the note NO_POLICY."""

    none: str
    valid_from: date | None = None
    valid_until: date | None = None
    noted: bool = True


class Series(Strict, frozen=True, kw_only=True):
    """Dated values of one purpose, which together with the gaps cover all time without overlap.

    `dated_by`: the day on which a rule is met, or the income year (as 1 January of it).
    """

    id: str
    dated_by: Literal["met_on", "income-year"] = "met_on"
    gaps: tuple[Gap, ...] = ()


class IncomePeriod(Strict, frozen=True, kw_only=True):
    """Which months an income survey must cover. Another period meets no rule and gets the note PERIOD_OTHER.

    `months-before`: exactly the `months` months before the month of the survey. `year-from`: a year that begins with
    `first_month` of the year before, projected where it is not over; `whole_years` are calendar years taken besides,
    `parts_of` income years of which any part is taken.
    """

    form: Literal["months-before", "year-from", "not-stated"]
    basis: Basis
    months: int | None = None
    first_month: int | None = None
    whole_years: tuple[int, ...] = ()
    parts_of: tuple[int, ...] = ()


class RiskWords(Strict, frozen=True, kw_only=True):
    """Where the risk labels come from: the county's own words in the quotations, or ours where it has none."""

    bases: tuple[Basis, ...]
    ours: tuple[str, ...] = ()
    decision: str | None = None


class Pack(Strict, frozen=True, kw_only=True):
    """A county's policy from `valid_from` to `valid_until` (None: until replaced).

    By `village_day` of the month a village verifies a warning, by `township_day` its township reviews it; None where
    the document states no day. `gap_before` says why no pack is in force between the one before and this one; None when there is no such gap.
    """

    id: str
    county_code: str
    county_name: str
    document: Document
    valid_from: date
    valid_until: date | None = None
    gap_before: str | None = None
    village_day: int | None = None
    township_day: int | None = None
    risk_labels: dict[str, str]
    risk_words: RiskWords | None = None
    income_period: IncomePeriod | None = None
    series: tuple[Series, ...] = ()
    rules: tuple[Rule, ...]
    duties: tuple[Duty, ...] = ()
    exclusions: tuple[Exclusion, ...] = ()
    measures: tuple[Measure, ...] = ()
    chain: tuple[Step, ...] = ()

    def covers(self, on: date) -> bool:
        """Whether the pack is in force on that day."""
        return self.valid_from <= on and (self.valid_until is None or on <= self.valid_until)


def covers_span(one: Rule | Gap, on: date) -> bool:
    """Whether a dated rule or a gap covers that day."""
    return (one.valid_from is None or one.valid_from <= on) and (one.valid_until is None or on <= one.valid_until)
