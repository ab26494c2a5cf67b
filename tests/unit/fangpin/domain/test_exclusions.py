"""The ten situations from the departments' answers."""

from datetime import date
from typing import Any

from fangpin.domain.exclusions import Answer, Override, Waiting, outcome
from fangpin.policies import load_book

PACK = load_book().packs["shuangjiang-2021"]
PAYROLL, CADRE, EMPTY, PERSONS = (PACK.exclusions[number - 1] for number in (1, 2, 8, 9))


def said(situation: int, answer: str, day: int, department: str = "township", sequence: int = 1, **more: Any) -> Answer:
    return Answer(situation, answer, date(2021, 10, day), department, sequence, **more)


def test_nobody_has_answered() -> None:
    found = outcome(PAYROLL, [said(2, "hit", 8)])
    assert found.state == "unanswered"
    assert found.answers == ()
    assert found.waiting == (Waiting("human-resources", None), Waiting("finance", None))


def test_the_latest_day_wins_whatever_the_order_of_recording() -> None:
    early, late = said(2, "hit", 8, sequence=7), said(2, "clear", 9, sequence=3)
    for given in ([early, late], [late, early]):
        found = outcome(CADRE, given)
        assert found.state == "clear"
        assert found.answers == (late,)
        assert not found.waiting


def test_of_one_department_and_day_the_later_recorded_wins() -> None:
    assert outcome(CADRE, [said(2, "clear", 8, sequence=4), said(2, "hit", 8, sequence=3)]).state == "clear"


def test_of_two_departments_on_one_day_the_hit_wins_and_the_difference_is_said() -> None:
    found = outcome(EMPTY, [said(8, "hit", 8, "public-security"), said(8, "clear", 8, "village", 2)])
    assert (found.state, found.disputed) == ("hit", True)


def test_a_later_clear_of_another_department_wins_but_hides_nothing() -> None:
    hit, clear = said(8, "hit", 8, "public-security"), said(8, "clear", 9, "village", 2)
    found = outcome(EMPTY, [hit, clear])
    assert (found.state, found.disputed) == ("clear", True)
    assert found.answers == (clear, hit)


def test_a_department_that_is_still_looking_has_not_answered_since_that_day() -> None:
    found = outcome(CADRE, [said(2, "clear", 8), said(2, "unknown", 9)])
    assert found.state == "unanswered"
    assert found.waiting == (Waiting("township", date(2021, 10, 9)),)


def test_one_of_two_has_answered_and_the_other_is_named() -> None:
    found = outcome(PAYROLL, [said(1, "clear", 8, "finance")])
    assert found.state == "clear"
    assert found.waiting == (Waiting("human-resources", None),)


def test_the_answer_of_a_department_that_was_not_asked_counts() -> None:
    found = outcome(CADRE, [said(2, "hit", 8, "finance")])
    assert found.state == "hit"
    assert found.waiting == (Waiting("township", None),)


def test_one_persons_answer_does_not_touch_anothers() -> None:
    dead, alive = said(9, "hit", 8, "public-security", person="a"), said(9, "clear", 9, "public-security", person="b")
    found = outcome(PERSONS, [dead, alive])
    assert (found.state, found.disputed) == ("hit", False)
    assert outcome(PERSONS, [dead, said(9, "clear", 9, "public-security", person="a")]).state == "clear"


def test_an_answer_on_the_household_replaces_the_departments_earlier_ones_on_its_members() -> None:
    dead, nobody = said(9, "hit", 8, "public-security", person="a"), said(9, "clear", 9, "public-security")
    assert outcome(PERSONS, [dead, nobody]).state == "clear"


def test_where_the_situation_is_of_the_household_the_person_only_finds_it() -> None:
    assert outcome(CADRE, [said(2, "hit", 8, person="a"), said(2, "clear", 9, person="b")]).state == "clear"


def decided(situation: int, day: int, sequence: int) -> Override:
    return Override(situation, "已核实", "county-530925", date(2021, 10, day), sequence, "county", f"o-{sequence}")


def test_a_person_s_decision_stands_beside_the_answer_and_does_not_change_it() -> None:
    early, late = decided(2, 9, 5), decided(2, 10, 3)
    found = outcome(CADRE, [said(2, "hit", 8)], [early, late, decided(3, 11, 9)])
    assert (found.state, found.override, found.answered_since) == ("hit", late, False)
    assert outcome(CADRE, [said(2, "hit", 8, sequence=4)], [late]).answered_since
    assert not outcome(CADRE, [said(2, "clear", 8, sequence=4)], [late]).answered_since
    assert outcome(CADRE, [said(2, "hit", 8)]).override is None
