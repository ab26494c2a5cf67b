"""A department's own producer: one bill, straight to Kafka. `python kafka_producer.py BOOTSTRAP REGISTRY_URL BILL.json`"""

import io
import json
import struct
import sys
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path

import fastavro
import httpx
from confluent_kafka import Producer


def main(bootstrap: str, registry: str, path: str) -> None:
    """Read the schema from the hub's registry, write the record with Confluent framing, wait for the broker."""
    found = httpx.get(f"{registry}/subjects/feed.medical-expense-value/versions/latest").raise_for_status().json()
    bill = json.loads(Path(path).read_text(encoding="utf-8"))
    for name in ("admitted_on", "settled_on"):
        bill[name] = date.fromisoformat(bill[name])
    for name in ("total_cost", "in_policy_self_paid", "self_paid"):
        bill[name] = Decimal(bill[name])
    bill["reported_at"] = datetime.fromisoformat(bill["reported_at"])
    body = io.BytesIO(struct.pack(">bI", 0, found["id"]))
    body.seek(5)
    fastavro.schemaless_writer(body, fastavro.parse_schema(json.loads(found["schema"])), bill)
    source = f"urn:fangpin:{bill['county_code']}:medical-insurance"
    producer = Producer({"bootstrap.servers": bootstrap, "acks": "all"})
    producer.produce("feed.medical-expense", body.getvalue(), bill["county_code"], headers={"ce_source": source})
    if producer.flush(30):
        raise SystemExit("the broker did not acknowledge the record; send it again")


if __name__ == "__main__":
    main(*sys.argv[1:])
