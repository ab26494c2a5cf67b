"""An event's own fields as JSON."""

import base64

import msgspec

from projections.household_history import body
from tests.household_events import Event, Household


def test_common_fields_stand_in_columns_and_sealed_bytes_are_base64() -> None:
    log: list[Event] = []
    found = msgspec.json.decode(body(Household(1, log).warn("WarningRaised")))
    assert "sequence" not in found
    assert found["since"] == "2021-11-01"
    assert base64.b64decode(found["evidence"][0]["sealed"]) == b"\x01arithmetic"
