"""Every metric is named and documented, and what one process counts another serves."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest
from prometheus_client.metrics import MetricWrapperBase

from fangpin import metrics

REPOSITORY = Path(__file__).resolve().parents[3]
FAMILIES = {name: one for name, one in vars(metrics).items() if isinstance(one, MetricWrapperBase | metrics.Asked)}
COUNT = """
from fangpin import metrics
metrics.RECORDS.labels("correlator").inc(20)
metrics.QUARANTINED.labels("clock", "DECODE").inc()
metrics.BATCH_SECONDS.labels("correlator").observe(0.2)
"""
SERVE = """
import sys
from fangpin.fake_broker import FakeBroker
from services.web.operation import Operation
from psycopg_pool import PoolTimeout
class NoDatabase:
    def connection(self, timeout=None):
        raise PoolTimeout
sys.stdout.buffer.write(Operation(FakeBroker(), lambda: "ok", NoDatabase()).exposition())
"""


@pytest.mark.parametrize("name", list(FAMILIES))
def test_a_metric_is_named_and_documented(name: str) -> None:
    one = FAMILIES[name]
    full, words = (one.name, one.documentation) if isinstance(one, metrics.Asked) else (one._name, one._documentation)
    assert full.startswith("fangpin_")
    assert len(words.split()) >= 3
    if name.endswith("SECONDS"):
        assert full.endswith("_seconds")


def test_one_process_serves_what_others_counted(tmp_path: Path) -> None:
    environment = {**os.environ, "PROMETHEUS_MULTIPROC_DIR": str(tmp_path)}

    def run(program: str) -> str:
        return subprocess.run(
            [sys.executable, "-c", program], env=environment, cwd=REPOSITORY, check=True, capture_output=True, text=True
        ).stdout

    run(COUNT)
    run(COUNT)
    served = run(SERVE)
    assert 'fangpin_records_total{consumer="correlator"} 40.0' in served
    assert 'fangpin_quarantined_total{code="DECODE",feed="clock"} 2.0' in served
    assert 'fangpin_batch_seconds_count{consumer="correlator"} 2.0' in served
