"""The parts of a pack that are not rules: who owes what by when, who is asked, who leads, and the order of the chain.

Data for the feed calendar, the month board and the case work. Whoever acts is named by a department's slug
(`fangpin.domain.feeds.base.DEPARTMENTS`) or by one of `ROLES`; a body that has neither stands in the document's words, `others` or `lead_others`.
"""

from datetime import date
from typing import Literal

from fangpin.domain.policy.words import Basis, Strict

ROLES = ("household", "grid", "county", "province", "all-departments", "leading-group")
Every = Literal["month", "quarter", "half-year", "year", "occurrence"]
Stage = Literal[
    "report",
    "screening",
    "analysis",
    "field-check",
    "village-meeting",
    "publicity",
    "township-review",
    "county-check",
    "decision",
    "entry",
    "help",
    "evaluation",
    "exit",
]


class Due(Strict, frozen=True, kw_only=True):
    """By when. One form: a `day` of the month (in a shorter month its last), of the quarter's `month_of_quarter` for
    what is owed every quarter; the `end` of the period; `days` or `working_days` after it happened; or `unstated`, within the period.
    """

    day: int | None = None
    month_of_quarter: int | None = None
    end: bool = False
    days: int | None = None
    working_days: int | None = None
    unstated: bool = False
    as_written: str | None = None


class Duty(Strict, frozen=True, kw_only=True):
    """What somebody owes: `by` to `to`, `every` period (at least `times`), `due`, from `since` on and until `until`.

    `feeds` are those by which it is delivered, so that silence can be seen; empty for what comes on no feed.
    """

    id: str
    what: str
    by: tuple[str, ...]
    to: tuple[str, ...]
    every: Every
    due: Due
    basis: Basis
    times: int = 1
    feeds: tuple[str, ...] = ()
    since: date | None = None
    until: date | None = None


class Exclusion(Strict, frozen=True, kw_only=True):
    """A situation in which a household should in principle not be monitored; `asks` are the departments that answer.

    `person_only`: it takes a member out of the count, not the household out of monitoring.
    """

    number: int
    what: str
    asks: tuple[str, ...]
    basis: Basis
    person_only: bool = False


class Measure(Strict, frozen=True, kw_only=True):
    """A kind of help; `lead` and `joined` are departments, `lead_others` and `others` bodies without a slug that lead or join.

    No lead: none is named.
    """

    id: str
    name: str
    basis: Basis
    lead: tuple[str, ...] = ()
    lead_others: tuple[str, ...] = ()
    joined: tuple[str, ...] = ()
    others: tuple[str, ...] = ()


class Step(Strict, frozen=True, kw_only=True):
    """One step of the chain; `decides` marks the one that makes a household a monitored one.

    `others` are bodies without a slug that act too. `working_days` is how long it is open to objection; `ends` of the
    exit: taken out, or marked only.
    """

    id: str
    stage: Stage
    what: str
    by: tuple[str, ...]
    basis: Basis
    others: tuple[str, ...] = ()
    decides: bool = False
    working_days: int | None = None
    ends: Literal["removed", "marked"] | None = None
