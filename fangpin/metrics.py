"""Every metric of the hub, with its unit and its labels. Written by several processes, served by the web process.

`PROMETHEUS_MULTIPROC_DIR` is set by the process that starts the others (`fangpin up`); without it each counts alone.
"""

from prometheus_client import Counter, Gauge, Histogram

BATCH_SECONDS = Histogram(
    "fangpin_batch_seconds",
    "Time of one batch from its first record to its commit and publication",
    ["consumer"],
    buckets=(0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10),
)
RECORDS = Counter("fangpin_records", "Records read from topics", ["consumer"])
OUTCOMES = Counter("fangpin_outcomes", "What became of records of a feed", ["feed", "outcome"])
QUARANTINED = Counter("fangpin_quarantined", "Records quarantined, by code", ["feed", "code"])
PUBLISHED = Counter("fangpin_published", "Household events and exceptions acknowledged by the broker")
ACCEPTED = Counter("fangpin_intake_records", "Records at the intake", ["feed", "verdict"])
LAG = Gauge("fangpin_lag_records", "Records not yet read", ["consumer"], multiprocess_mode="mostrecent")
VISIBLE_SECONDS = Histogram(
    "fangpin_publish_to_visible_seconds",
    "From the broker's timestamp of a household event to its row in a read model",
    ["projection"],
    buckets=(0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 60),
)
