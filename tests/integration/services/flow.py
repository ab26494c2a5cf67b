"""From what the web process published to what its pages read, through the real correlator and folds, without a broker."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

from consumers.correlator.handler import Correlator
from consumers.notifier.handler import Notifier
from fangpin import database
from fangpin.policies import load_book
from fangpin.vault import Vault, load_or_create_secret
from projections import PROJECTIONS, versions
from projections.handler import ProjectionHandler
from tests.desk import Arrived, AtOnce, Recorder
from tests.household_events import Delivered
from tests.records import common, without_feed

if TYPE_CHECKING:
    from tests.integration.services.conftest import Hub

READ_MODELS = ("village_inbox", "county_counts", "household_history", "exception_log", "month_board", "area_warnings")


class Flow:
    """The consumers of a hub whose producer only remembers."""

    def __init__(self, hub: Hub, data_dir: Path) -> None:
        self._hub = hub
        self._taken = 0
        self._broker = Recorder()
        self.vault = Vault(load_or_create_secret(data_dir / "secrets" / "master.key"))
        self._book = load_book()
        self.settle()

    def settle(self) -> None:
        """Take what was published since, one batch, fold what follows from it, and tell the officers."""
        found = [one for one in self._hub.producer.records[self._taken :] if one.topic.startswith("feed.")]
        self._taken = len(self._hub.producer.records)
        arrived = [
            Arrived(one.topic, one.value, one.key, one.headers, offset=self._taken + number)
            for number, one in enumerate(found)
        ]
        before = len(self._broker.published)
        with database.connect(self._hub.database) as conn:
            if arrived:
                relay = AtOnce(conn, self._broker)
                after = Correlator(self.vault, self._book, relay).process(conn, arrived)  # type: ignore[arg-type]
                conn.commit()
                if after is not None:
                    after()
            messages = [
                Delivered(one.topic, 0, place, 0, one.key, one.value)
                for place, one in enumerate(self._broker.published[before:], before)
            ]
            for name in READ_MODELS:
                projection = PROJECTIONS[name]
                told = [one for one in messages if one.topic == projection.topic]
                ProjectionHandler(projection, versions.ensure(conn, projection), live=False).process(conn, told)
            Notifier().process(conn, [one for one in messages if one.topic in Notifier.topics])

    def day_comes(self, day: str, county: str = "530925") -> None:
        """The county's civil date, by its clock record."""
        raw = common("clock", f"clock-{day}", county_code=county, date=day, subject={})
        answer = self._hub.send("clock", [without_feed(raw)], "operator")
        assert answer.status_code == 202, answer.text
        self.settle()

    def outcomes(self, answer: Any, headers: dict[str, str]) -> list[dict[str, Any]]:
        """What became of an upload, after it settled."""
        assert answer.status_code == 202, answer.text
        self.settle()
        receipt = self._hub.client.get(f"/api/v1/receipts/{answer.json()['receipt_id']}", headers=headers)
        found: list[dict[str, Any]] = receipt.json()["outcomes"]
        return found
