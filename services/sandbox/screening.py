"""Conditions as expressions on the columns of a feed's facts: which records could meet only one of two conditions.

An expression holds of exactly the rows of which the compiled condition holds (`fangpin.domain.policy.conditions`;
`tests/property/test_screening.py`). Amounts that are computed from several fields have none: then every row may differ.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from decimal import Decimal
from functools import reduce
from operator import and_, or_

import polars as pl

from fangpin.domain.feeds import Feed
from fangpin.domain.policy.apart import Pair
from fangpin.domain.policy.conditions import compile_condition
from fangpin.domain.policy.pack import Condition
from services.sandbox.facts import LISTS

Differs = Callable[[Mapping[str, object]], bool]  # of the fields of a record


def differing(feed: Feed, asked: Sequence[Pair]) -> tuple[pl.Expr, Differs | None]:
    """Whether a record meets only one condition of any pair: of rows, and, where some condition has no expression, of fields.

    Then the rows are some more than those records, and each is to be asked; else there is nothing more to ask.
    """
    found, exact = pl.lit(value=False), True
    for pair in asked:
        was, now = (holding(feed, one) for one in pair)
        exact = exact and was is not None and now is not None
        found = found | (was ^ now if was is not None and now is not None else pl.lit(value=True))
    if exact:
        return found, None
    tests = [tuple(compile_condition(feed, one) for one in pair) for pair in asked]
    return found, lambda values: any((was(values) is None) != (now(values) is None) for was, now in tests)


def holding(feed: Feed, condition: Condition | None) -> pl.Expr | None:
    """True or false of each row, never null. None: the condition has no expression."""
    if condition is None:
        return pl.lit(value=True)
    if condition.all is not None:
        return _joined(feed, condition.all, and_, pl.lit(value=True))
    if condition.any is not None:
        return _joined(feed, condition.any, or_, pl.lit(value=False))
    if condition.derived is not None:
        return None
    field = feed.field(condition.field or "")
    assert field is not None  # proved by the parser
    column = pl.col(field.name)
    if condition.compare is not None:
        line = pl.lit(Decimal(condition.value or "0"))
        found = {">=": column >= line, ">": column > line, "<": column < line, "<=": column <= line}[condition.compare]
    elif condition.one_of is not None:
        choices = list(condition.one_of)
        listed = field.kind in LISTS
        found = column.list.eval(pl.element().is_in(choices)).list.any() if listed else column.is_in(choices)
    elif condition.positive is not None:
        found = column > 0
    elif condition.holds_or_unknown is not None:
        return column.fill_null(value=True)
    else:
        found = column == bool(condition.holds)
    return found.fill_null(value=False)


def _joined(
    feed: Feed, inner: Iterable[Condition], join: Callable[[pl.Expr, pl.Expr], pl.Expr], empty: pl.Expr
) -> pl.Expr | None:
    found = [holding(feed, one) for one in inner]
    known = [one for one in found if one is not None]
    return reduce(join, known, empty) if len(known) == len(found) else None
