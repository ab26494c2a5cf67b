"""Seeded chance, with a liking for the places where rules change their answer: at a line, just below it, just above."""

from collections.abc import Sequence
from datetime import date, timedelta
from decimal import Decimal
from random import Random
from typing import Any, TypeVar

Record = dict[str, Any]
T = TypeVar("T")
CENT = Decimal("0.01")
AT_THE_LINE = 0.06  # of the amounts; more would make every second family a case


class Chance:
    """What the makers of records draw from. `at_line`: how often an amount falls on a line or a cent beside it."""

    def __init__(self, random: Random, county_code: str, at_line: float = AT_THE_LINE) -> None:
        self.random = random
        self.county_code = county_code
        self.at_line = at_line

    def yes(self, share: float) -> bool:
        """True in that share of cases."""
        return self.random.random() < share

    def one(self, choices: Sequence[T], weights: Sequence[float] | None = None) -> T:
        """One of the choices."""
        return self.random.choices(choices, weights)[0]

    def between(self, least: int, most: int) -> int:
        """A whole number, both ends included."""
        return self.random.randint(least, most)

    def amount(self, typical: float, spread: float = 0.8, lines: Sequence[str] = ()) -> Decimal:
        """Yuan: around `typical`, a few times more or less; or at one of the lines."""
        if lines and self.yes(self.at_line):
            return Decimal(self.random.choice(lines)) + CENT * self.between(-1, 1)
        return Decimal(f"{typical * self.random.lognormvariate(0, spread):.2f}")

    def before(self, day: date, least: int, most: int) -> date:
        """A day that many days earlier."""
        return day - timedelta(days=self.between(least, most))
