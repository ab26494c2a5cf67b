"""Lines only drawn tighter, lines only widened, and what is neither."""

import pytest

from fangpin.domain.policy.apart import NEVER, narrowed, widened
from fangpin.domain.policy.pack import Condition


def line(value: str, compare: str = ">=") -> Condition:
    return Condition(field="self_paid", compare=compare, value=value)  # type: ignore[arg-type]


def grades(*allowed: str) -> Condition:
    return Condition(field="grade", one_of=allowed)


@pytest.mark.parametrize(
    ("wider", "tighter"),
    [
        (line("5000"), line("6000.00")),
        (line("6000", "<="), line("5000", "<=")),
        (grades("C", "D"), grades("D")),
        (None, line("6000")),
    ],
)
def test_what_meets_the_tighter_line_meets_the_wider_one(wider: Condition | None, tighter: Condition) -> None:
    assert narrowed([(wider, tighter)])
    assert widened([(tighter, wider)])
    assert not narrowed([(tighter, wider)])
    assert not widened([(wider, tighter)])


@pytest.mark.parametrize(
    "pair",
    [
        (line("6000"), line("6000", ">")),
        (line("6000"), grades("D")),
        (grades("C"), grades("D")),
        (line("6000"), NEVER),
        (None, NEVER),
    ],
)
def test_lines_that_differ_in_more_are_neither(pair: tuple[Condition | None, Condition]) -> None:
    assert not narrowed([pair])
    assert not widened([pair])


def test_one_line_up_and_another_down_is_neither() -> None:
    moved = [(line("5000"), line("6000")), (grades("D"), grades("C", "D"))]
    assert not narrowed(moved)
    assert not widened(moved)
