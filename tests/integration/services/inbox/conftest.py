"""Read models filled by their own folds, as a projector fills them."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

import pytest

from fangpin import database
from projections import PROJECTIONS, versions
from projections.handler import ProjectionHandler
from tests.household_events import delivered

if TYPE_CHECKING:
    from tests.household_events import Event
    from tests.integration.services.conftest import Hub

Fold = Callable[["list[Event]"], None]


@pytest.fixture
def fold(hub: Hub) -> Fold:
    """Fold a log of household events into every read model of them."""

    def into(log: list[Event]) -> None:
        with database.connect(hub.database) as conn:
            versions.ensure(conn, PROJECTIONS["area_warnings"])
            for name in ("village_inbox", "county_counts", "household_history"):
                projection = PROJECTIONS[name]
                version = versions.ensure(conn, projection)
                ProjectionHandler(projection, version, live=True).process(conn, delivered(log))

    return into
