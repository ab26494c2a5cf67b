"""Packs that follow others."""

from datetime import date

import msgspec
import pytest

from fangpin.domain.policy import Pack, PackBook, PackError
from fangpin.domain.policy.succession import book_of
from fangpin.policies import load_packs, pack_of_text
from tests.packs import OWN, pack_text

BASE = load_packs()
COUNTY = "530925"


def pack(line: int = 6000, name: str = "shuangjiang-2022", valid_from: str = "2022-01-01") -> Pack:
    return pack_of_text(pack_text(line, name, valid_from), name)


def test_a_successor_takes_its_own_days_and_the_one_before_keeps_the_others() -> None:
    book = book_of(BASE, [pack()])
    held = [book.in_force(COUNTY, day) for day in (date(2021, 9, 27), date(2021, 12, 31), date(2022, 1, 1))]
    assert [one.id if one is not None else None for one in held] == [None, OWN, "shuangjiang-2022"]
    assert book.counties() == PackBook(BASE).counties()


def test_a_pack_without_a_day_left_judges_nothing_but_its_words_stay() -> None:
    book = book_of(BASE, [pack(valid_from="2021-09-28")])
    assert [one.id for one in book.of(COUNTY)] == ["shuangjiang-2022"]
    assert book.find_rule(OWN, "medical-self-paid") is not None


def test_an_id_is_never_given_twice_and_no_county_comes_from_nowhere() -> None:
    with pytest.raises(PackError, match="已经用过"):
        book_of(BASE, [pack(name=OWN)])
    with pytest.raises(PackError, match="已经用过"):
        book_of(BASE, [pack(), pack(7000)])
    with pytest.raises(PackError, match="不是本中枢的县区"):
        book_of(BASE, [msgspec.structs.replace(pack(), county_code="110101")])


def test_a_pack_that_ends_within_another_is_refused() -> None:
    with pytest.raises(PackError, match="请不写 valid_until"):
        book_of(BASE, [msgspec.structs.replace(pack(), valid_until=date(2022, 6, 30))])
