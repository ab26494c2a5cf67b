"""Which households a rule is for, by their register as of the rule's date, compiled to a function."""

from collections.abc import Callable, Sequence
from datetime import date

from fangpin.domain.assistance import Aid, on_subsistence
from fangpin.domain.policy.pack import HouseholdKind
from fangpin.domain.register import RegisterState

HouseholdTest = Callable[[RegisterState, Sequence[Aid], date], bool]


def compile_households(kinds: Sequence[HouseholdKind] | None) -> HouseholdTest | None:
    """Whether the household is of any of these kinds; None for every household."""
    if kinds is None:
        return None
    tests = [_compile(kind) for kind in kinds]
    if len(tests) == 1:
        return tests[0]
    return lambda state, aid, on: any(test(state, aid, on) for test in tests)


def _compile(kind: HouseholdKind) -> HouseholdTest:
    classes = frozenset(kind.classes) if kind.classes is not None else None
    monitored = frozenset(kind.monitored) if kind.monitored is not None else None

    def test(state: RegisterState, aid: Sequence[Aid], on: date) -> bool:
        return (
            (classes is None or state.household_class in classes)
            and (monitored is None or state.monitored in monitored)
            and (kind.marginal_2019 is None or state.marginal_2019 is kind.marginal_2019)
            and (kind.has_labour is None or state.has_labour is kind.has_labour)
            and (kind.on_subsistence is None or on_subsistence(state, aid, on) is kind.on_subsistence)
        )

    return test
