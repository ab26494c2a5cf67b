"""Valid records to change in tests; the people in them are invented."""

from datetime import UTC, datetime
from typing import Any

NOW = datetime(2026, 11, 24, 4, 0, tzinfo=UTC)
PERSON = "530925197001019013"
OTHER = "530925197502029025"
CHILD = "530925200403039038"
Raw = dict[str, Any]


def common(feed: str, record_id: str, **more: Any) -> Raw:
    """What every record has."""
    return {
        "feed": feed,
        "record_id": record_id,
        "revision": 1,
        "status": "active",
        "county_code": "530925",
        "reported_at": "2021-11-01T10:00:00+08:00",
        **more,
    }


def bill(record_id: str = "m-1", self_paid: object = "6234.50", **more: Any) -> Raw:
    """A hospital bill of 双江."""
    return common(
        "medical-expense",
        record_id,
        **{
            "subject": {"id_number": PERSON},
            "admitted_on": "2021-10-01",
            "settled_on": "2021-10-08",
            "hospital": "县人民医院",
            "total_cost": "30000.00",
            "in_policy_self_paid": "4000.00",
            "self_paid": self_paid,
            **more,
        },
    )


def household(household_no: str = "H1", record_id: str = "r-1", members: Any = None, **more: Any) -> Raw:
    """A household of 双江 with one member unless others are given."""
    people = members or [{"id_number": PERSON, "name": "示例甲", "relation": "户主", "joined_on": "2010-01-01"}]
    return common(
        "household-register",
        record_id,
        **{
            "occurred_on": "2021-01-01",
            "reported_at": "2021-01-05T09:00:00+08:00",
            "subject": {"household_no": household_no},
            "household_no": household_no,
            "village_code": "530925101201",
            "class": "out-of-poverty",
            "monitored": "none",
            "resident": True,
            "has_labour": True,
            "on_subsistence_allowance": False,
            "members": people,
            **more,
        },
    )


def without_feed(raw: Raw) -> Raw:
    """The record as the intake of its feed gets it."""
    return {name: value for name, value in raw.items() if name != "feed"}
