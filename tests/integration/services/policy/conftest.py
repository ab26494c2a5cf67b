"""The web process with a correlator that takes what it published, in the same database."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

import pytest

from fangpin import database
from fangpin.vault import Vault, load_or_create_secret
from tests.desk import Arrived, Desk

if TYPE_CHECKING:
    from pathlib import Path

    from tests.integration.services.conftest import Hub


class Town:
    """A hub and its correlator."""

    def __init__(self, hub: Hub, desk: Desk) -> None:
        self.hub = hub
        self.desk = desk
        self._taken = 0

    def settle(self) -> None:
        """Let the correlator take everything that was published since."""
        records = self.hub.producer.records[self._taken :]
        self._taken += len(records)
        messages = [
            Arrived(one.topic, one.value, one.key, one.headers) for one in records if one.topic.startswith("feed.")
        ]
        if messages:
            self.desk.take(*messages)

    def get(self, username: str, address: str) -> Any:
        """A page."""
        return self.hub.client.get(address, headers={**self.hub.officer(username), "Accept": "text/html"})


@pytest.fixture
def town(hub: Hub, tmp_path: Path) -> Iterator[Town]:
    with database.connect(hub.database) as conn:
        vault = Vault(load_or_create_secret(tmp_path / "secrets" / "master.key"))
        yield Town(hub, Desk(conn, vault=vault))
