"""What officers read for slugs: each county has its own words for a risk, from its documents."""

from collections.abc import Mapping

from fangpin.domain.feeds import household_register, vocabulary
from fangpin.domain.feeds.finding import RESULTS
from fangpin.domain.feeds.vocabulary import shown
from fangpin.domain.policy import PackBook

# For a county whose documents have no word of their own (docs/decisions/0021-risk-words.md).
RISKS: Mapping[str, str] = shown(vocabulary.RISKS)
CLASSES: Mapping[str, str] = shown(household_register.CLASSES)
MONITORED: Mapping[str, str] = shown(household_register.MONITORED)
STATUSES: Mapping[str, str] = {
    "open": "待核实",
    "verified": "属实",
    "dismissed": "不属实",
    "helped": "已帮扶",
    "closed": "已办结",
    "withdrawn": "已撤回",
}
FINDINGS: Mapping[str, str] = shown(RESULTS)


def risk_labels(book: PackBook, county_code: str, pack: str | None = None) -> dict[str, str]:
    """Every risk in the words of the county: of one pack, or of its packs, the latest issue's where they differ."""
    found = dict(RISKS)
    for one in book.packs.values():  # ordered by county and day
        if one.county_code == county_code and pack in (None, one.id):
            found |= one.risk_labels
    return found
