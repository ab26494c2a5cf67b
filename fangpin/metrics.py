"""Every metric of the hub, with its unit and its labels. Written by several processes, served by the web process.

`PROMETHEUS_MULTIPROC_DIR` is set by the process that starts the others (`fangpin up`); without it each counts alone.
What is `Asked` is not counted by anybody: the web process finds it out when it is asked for, so that it is also true of a
part that died.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from prometheus_client import Counter, Histogram
from prometheus_client.core import GaugeMetricFamily

BATCH_SECONDS = Histogram(
    "fangpin_batch_seconds",
    "Time of one batch from its first record to its commit; the correlator publishes behind it",
    ["consumer"],
    buckets=(0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10),
)
DONE_SECONDS = Histogram(
    "fangpin_publish_to_done_seconds",
    "From the broker's timestamp of a batch's oldest record to the batch's commit",
    ["consumer"],
    buckets=(0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 60, 600, 3600),
)
VISIBLE_SECONDS = Histogram(
    "fangpin_publish_to_visible_seconds",
    "From the broker's timestamp of a household event to its row in a read model",
    ["projection"],
    buckets=(0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 60),
)
RECORDS = Counter("fangpin_records", "Records read from topics", ["consumer"])
OUTCOMES = Counter("fangpin_outcomes", "What became of records of a feed", ["feed", "outcome"])
QUARANTINED = Counter("fangpin_quarantined", "Records quarantined, by code", ["feed", "code"])
PUBLISHED = Counter("fangpin_published", "Household events and exceptions acknowledged by the broker")
ACCEPTED = Counter("fangpin_intake_records", "Records at the intake", ["feed", "verdict"])
RETRIES = Counter(
    "fangpin_retries", "Times that a consumer began anew, by reason: transient or fenced", ["consumer", "reason"]
)


@dataclass(frozen=True, slots=True)
class Asked:
    """A gauge whose values are found out at each scrape."""

    name: str
    documentation: str
    labels: tuple[str, ...]

    def family(self, values: Mapping[tuple[str, ...], float]) -> GaugeMetricFamily:
        """The samples, by values of the labels."""
        family = GaugeMetricFamily(self.name, self.documentation, labels=self.labels)
        for labels, value in values.items():
            family.add_metric(labels, value)
        return family


LAG_RECORDS = Asked("fangpin_lag_records", "Records of a topic that a consumer has not yet read", ("consumer", "topic"))
SILENT_SECONDS = Asked("fangpin_part_silent_seconds", "Time since a part's last sign of life", ("part",))
UNPUBLISHED_RECORDS = Asked(
    "fangpin_unpublished_records", "Household events and exceptions committed and not yet published", ("county",)
)
