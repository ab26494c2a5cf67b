"""Every feed under every pack: the hub makes of a record what a second reading of the documents makes of it."""

from datetime import UTC, date, datetime

import pytest

from fangpin.domain.replay import replay
from fangpin.policies import load_book
from tests.second_reading import Village

HOUSEHOLDS = 4000  # so many that each comparison, list and number of the packs, changed, is noticed
NOW = datetime(2024, 6, 2, tzinfo=UTC)


@pytest.mark.parametrize("on", [date(2021, 4, 1), date(2022, 2, 28), date(2023, 8, 1), date(2024, 3, 1)], ids=str)
def test_the_packs_say_what_a_second_reading_says(on: date) -> None:
    village = Village(on.toordinal(), HOUSEHOLDS, on)
    result = replay([*village.register, *village.records], load_book(), on, NOW)
    assert [one.problem for one in result.remarks if not one.note] == []
    found = {
        (county, number, finding.risk): (
            finding.since,
            finding.pack,
            tuple(finding.evidence),
            {(record, met.purpose) for record, met in finding.rules},
        )
        for county, number, finding in result.findings
    }
    wanted = {
        key: (
            min(since for _, since, _, _ in said),
            max((since, pack) for _, since, pack, _ in said)[1],
            tuple(sorted({record for record, _, _, _ in said})),
            {(record, purpose) for record, _, _, purpose in said},
        )
        for key, said in village.expected.items()
    }
    assert len(wanted) > 10
    assert found == wanted
