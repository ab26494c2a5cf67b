"""The feeds of the hub, one file each. To add one: its file, its line here, its schema in `schemas/avro`."""

from collections.abc import Mapping
from types import MappingProxyType

from fangpin.domain.feeds.base import DEPARTMENTS, Feed, Field
from fangpin.domain.feeds.clock import CLOCK
from fangpin.domain.feeds.dangerous_house import DANGEROUS_HOUSE
from fangpin.domain.feeds.disability import DISABILITY
from fangpin.domain.feeds.disaster_loss import DISASTER_LOSS
from fangpin.domain.feeds.finding import FINDING
from fangpin.domain.feeds.household_register import HOUSEHOLD_REGISTER
from fangpin.domain.feeds.medical_expense import MEDICAL_EXPENSE
from fangpin.domain.feeds.unemployment import UNEMPLOYMENT

FEEDS: Mapping[str, Feed] = MappingProxyType(
    {
        feed.slug: feed
        for feed in (
            MEDICAL_EXPENSE,
            DANGEROUS_HOUSE,
            UNEMPLOYMENT,
            DISABILITY,
            DISASTER_LOSS,
            HOUSEHOLD_REGISTER,
            CLOCK,
            FINDING,
        )
    }
)

__all__ = ["DEPARTMENTS", "FEEDS", "Feed", "Field"]
