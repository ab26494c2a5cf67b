"""The dashboard asks for metrics that exist, and leaves none out."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

from prometheus_client.metrics import Counter, Histogram

from fangpin import metrics

DASHBOARD = Path(__file__).resolve().parents[4] / "deploy" / "dashboards" / "hub.json"


def series() -> set[str]:
    """The name under which each metric can be asked for; a histogram by its buckets."""
    found = set()
    for one in vars(metrics).values():
        if isinstance(one, metrics.Asked):
            found.add(one.name)
        elif isinstance(one, Counter):
            found.add(f"{one._name}_total")
        elif isinstance(one, Histogram):
            found.add(f"{one._name}_bucket")
    return found


def panels() -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = json.loads(DASHBOARD.read_text(encoding="utf-8"))["panels"]
    return found


def test_every_metric_has_a_panel_and_no_panel_asks_for_another() -> None:
    asked = {
        name for panel in panels() for target in panel["targets"] for name in re.findall(r"fangpin_\w+", target["expr"])
    }
    assert asked == series()


def test_panels_are_told_apart_and_do_not_overlap() -> None:
    places = [(panel["gridPos"]["x"], panel["gridPos"]["y"]) for panel in panels()]
    assert len(set(places)) == len({panel["id"] for panel in panels()}) == len(places)
    assert all(panel["description"] for panel in panels())
