"""The example of the guide for departments, run as it stands; its partitioner is librdkafka's, not ours."""

import json
import subprocess
import sys
from pathlib import Path

from tests.e2e.conftest import Hub
from tests.records import bill, household

EXAMPLE = Path(__file__).parents[2] / "docs" / "examples" / "kafka_producer.py"
SOMEBODY = "530925196803070019"


def test_a_plain_producer_ends_as_a_warning(hub: Hub, tmp_path: Path) -> None:
    people = [{"id_number": SOMEBODY, "name": "示例庚", "relation": "户主", "joined_on": "2010-01-01"}]
    hub.send("rural-revitalisation", household("K-1", "k-r1", people))
    raw = bill("k-m1", subject={"id_number": SOMEBODY})
    del raw["feed"]
    path = tmp_path / "bill.json"
    path.write_text(json.dumps(raw))
    registry = hub.credentials["url"] + "/registry"
    subprocess.run([sys.executable, str(EXAMPLE), hub.credentials["kafka"], registry, str(path)], check=True)
    assert hub.soon(lambda: hub.warnings("K-1"))[0]["evidence"] == ["k-m1"]
