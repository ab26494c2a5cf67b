"""Read models: each a fold of `household.events`, `county.events` or `hub.exceptions`, with its rows and checkpoint in one transaction."""

from projections.area_warnings import AREA_WARNINGS
from projections.base import Projection
from projections.county_counts import COUNTY_COUNTS
from projections.exception_log import EXCEPTION_LOG
from projections.feed_activity import FEED_ACTIVITY
from projections.household_history import HOUSEHOLD_HISTORY
from projections.month_board import MONTH_BOARD
from projections.village_inbox import VILLAGE_INBOX

PROJECTIONS: dict[str, Projection] = {
    one.name: one
    for one in (
        HOUSEHOLD_HISTORY,
        VILLAGE_INBOX,
        COUNTY_COUNTS,
        FEED_ACTIVITY,
        EXCEPTION_LOG,
        MONTH_BOARD,
        AREA_WARNINGS,
    )
}

__all__ = ["PROJECTIONS", "Projection"]
