"""Household numbers that stand in a feed's own fields: never an identity number."""

from collections.abc import Callable, Mapping

from fangpin.domain.errors import Problem
from fangpin.domain.feeds.base import Values
from fangpin.domain.identity import contains_id_number


def no_identity_number(columns: Mapping[str, str]) -> Callable[[Values], list[Problem]]:
    """A check that none of these fields (name → column) is an identity number."""

    def check(values: Values) -> list[Problem]:
        return [
            Problem("PI_IN_RECORD_ID", name, f"{column}不能是身份证号，请改用{column}。")
            for name, column in columns.items()
            if isinstance(number := values.get(name), str) and contains_id_number(number)
        ]

    return check
