"""Clusters: what is unusual for the county, and what is not."""

from collections.abc import Mapping
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fangpin.domain.clusters import Cluster, Sighting, chance_of, clusters, earliest

ON = date(2021, 11, 30)
VILLAGES = {f"5309251{town:02}2{village:02}": 200 for town in range(5) for village in range(10)}
ONE = "530925100200"


def _quiet(risk: str = "illness") -> list[Sighting]:
    """Twenty weeks of one household a day somewhere in the county."""
    codes = list(VILLAGES)
    return [Sighting(codes[day * 17 % len(codes)], risk, ON - timedelta(day), 1) for day in range(140)]


def _found(more: list[Sighting], villages: Mapping[str, int] = VILLAGES) -> list[tuple[str, str, int]]:
    return [(one.area_code, one.risk, one.households) for one in clusters([*_quiet(), *more], villages, ON)]


def test_a_quiet_county_has_none() -> None:
    assert _found([]) == []


def test_a_flood_in_one_village_is_seen_there_and_in_its_township() -> None:
    assert _found([Sighting(ONE, "disaster", date(2021, 11, 28), 6)]) == [
        (ONE[:9], "disaster", 6),
        (ONE, "disaster", 6),
    ]


def test_two_households_are_no_cluster_however_rare_the_risk() -> None:
    assert _found([Sighting(ONE, "water", date(2021, 11, 28), 2)]) == []


def test_a_week_that_is_bad_everywhere_rings_for_the_county_alone() -> None:
    everywhere = [Sighting(village, "illness", date(2021, 11, 29), 2) for village in VILLAGES]
    assert _found(everywhere) == [("530925", "illness", 107)]


def test_a_county_that_has_only_begun_has_no_usual_week() -> None:
    week = [Sighting(village, "housing", date(2021, 11, 29), 1) for village in VILLAGES]
    assert [one for one in _found(week) if len(one[0]) == 6] == []


@pytest.mark.parametrize(("back", "seen"), [(0, True), (34, True), (35, False)])
def test_a_week_stays_in_view_for_five_weeks(back: int, seen: bool) -> None:
    found = _found([Sighting(ONE, "disaster", ON - timedelta(back), 6)])
    assert bool(found) is seen


def test_it_says_which_week_and_what_was_to_be_expected() -> None:
    found = clusters([*_quiet(), Sighting(ONE, "illness", date(2021, 11, 12), 5)], VILLAGES, ON)
    assert found[-1] == Cluster(ONE, "illness", date(2021, 11, 10), 5, 0.14)
    assert found[-1].week_until == date(2021, 11, 16)


@given(st.permutations([*_quiet(), Sighting(ONE, "disaster", date(2021, 11, 28), 6)]))
def test_the_order_does_not_matter(shuffled: list[Sighting]) -> None:
    assert clusters(shuffled, VILLAGES, ON) == clusters(
        [*_quiet(), Sighting(ONE, "disaster", date(2021, 11, 28), 6)], VILLAGES, ON
    )


def test_what_is_older_has_no_part() -> None:
    old = Sighting(ONE, "disaster", earliest(ON) - timedelta(1), 1000)
    assert _found([old]) == []


@pytest.mark.parametrize(
    ("least", "expected", "chance"), [(0, 3.0, 1.0), (1, 0.0, 0.0), (1, 1.0, 0.6321), (5, 1.0, 0.00366)]
)
def test_the_chance(least: int, expected: float, chance: float) -> None:
    assert chance_of(least, expected) == pytest.approx(chance, abs=1e-4)
