"""The hub's parts, and the names under which their loops give signs of life (`fangpin.heartbeats`)."""

from collections.abc import Mapping, Sequence

from projections import PROJECTIONS

PARTS: Mapping[str, Sequence[str]] = {
    "correlator": ["correlator"],
    "projector": [f"projector.{name}" for name in PROJECTIONS],
    "notifier": ["notifier"],
    "clock": ["clock"],
}
