"""Each pack's boundary table: it holds, and it leaves no line, choice or date untried."""

import msgspec
import pytest

from fangpin.domain.policy import PackBook
from fangpin.domain.policy.cases import Tried, try_cases
from fangpin.domain.policy.coverage import coverage_faults
from fangpin.policies import load_book, load_cases, load_specimens

BOOK = load_book()
SPECIMENS = load_specimens()


def tried(pack_id: str) -> list[Tried]:
    return list(try_cases(BOOK.packs[pack_id], load_cases(pack_id), BOOK, SPECIMENS))


@pytest.mark.parametrize("pack_id", sorted(BOOK.packs))
def test_every_case_of_the_table_holds(pack_id: str) -> None:
    assert [(one.rule.id, one.case, fault) for one in tried(pack_id) if (fault := one.fault()) is not None] == []


@pytest.mark.parametrize("pack_id", sorted(BOOK.packs))
def test_the_table_is_complete(pack_id: str) -> None:
    assert list(coverage_faults(BOOK.packs[pack_id], tried(pack_id))) == []


@pytest.mark.parametrize("pack_id", sorted(BOOK.packs))
@pytest.mark.parametrize("county_code", ["530925", "440233"])
def test_any_pack_on_the_records_of_any_county(pack_id: str, county_code: str) -> None:
    elsewhere = msgspec.structs.replace(BOOK.packs[pack_id], county_code=county_code)
    alone = PackBook([BOOK.packs[pack_id]], for_any_county=True)
    found = list(try_cases(elsewhere, load_cases(pack_id), alone, SPECIMENS))
    assert [(one.rule.id, one.case, fault) for one in found if (fault := one.fault()) is not None] == []
    assert {one.record.county_code for one in found} == {county_code}
