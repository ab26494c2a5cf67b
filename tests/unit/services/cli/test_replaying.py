"""Exceptions sent again: the bytes as they came, marked, and closed."""

import json
from collections.abc import Iterable
from datetime import UTC, datetime
from uuid import UUID

import pytest

from fangpin import avro
from fangpin.broker import Outgoing
from fangpin.vault import Vault
from services.cli.replaying import Stored, Unusable, record, replay, resolved
from tests.household_events import START, exception
from tests.records import NOW, bill, household, without_feed

VAULT = Vault(b"k" * 32)
FRAMED = b"\0\0\0\0\x63not of any schema"


def _stored(raw: bytes | None, **more: object) -> Stored:
    fields = {**exception(7, "open", 0), "exception_id": UUID(int=7), "recorded_at": START, "resolved_at": None, **more}
    return Stored(fields, raw)


class _Kept:
    def __init__(self) -> None:
        self.records: list[Outgoing] = []

    def publish(self, records: Iterable[Outgoing]) -> None:
        self.records.extend(records)


def test_C18_the_bytes_go_out_as_they_came_and_marked() -> None:
    sent = record(_stored(FRAMED), VAULT, NOW)
    assert (sent.topic, sent.key, sent.value) == ("feed.medical-expense", b"530925", FRAMED)
    found = dict(sent.headers)
    assert found["ce_replayof"] == str(UUID(int=7)).encode()
    assert found["ce_source"] == b"urn:fangpin:530925:medical-insurance"
    assert found["ce_id"] == f"replay-{UUID(int=7)}".encode()


def test_a_receipt_goes_on_following_its_record() -> None:
    sent = record(_stored(FRAMED, receipt_id="00000000-0000-0000-0000-000000000009", receipt_index=3), VAULT, NOW)
    assert dict(sent.headers)["ce_id"] == b"00000000-0000-0000-0000-000000000009/3"


def test_what_intake_refused_is_judged_again() -> None:
    raw = {key: value for key, value in bill().items() if key != "feed"}
    sent = record(_stored(json.dumps(raw).encode()), VAULT, NOW)
    assert avro.decode(sent.value, "feed.medical-expense")[1]["record_id"] == "m-1"
    with pytest.raises(Unusable, match="NUM_FORMAT"):
        record(_stored(json.dumps(raw | {"self_paid": "1,000"}).encode()), VAULT, NOW)
    with pytest.raises(Unusable, match="不是一条记录"):
        record(_stored(b"["), VAULT, NOW)


def test_a_row_of_a_file_without_an_id_gets_that_of_its_natural_key() -> None:
    raw = {name: value for name, value in without_feed(bill()).items() if name != "record_id"}
    stored = _stored(json.dumps(raw).encode(), in_file=True)
    sent = [avro.decode(record(stored, VAULT, NOW).value, "feed.medical-expense")[1]["record_id"] for _ in range(2)]
    assert sent[0] == sent[1]
    assert len(sent[0]) == 40
    with pytest.raises(Unusable, match="MISSING_FIELD"):
        record(_stored(json.dumps(raw).encode()), VAULT, NOW)


def test_a_row_of_a_register_file_is_no_household() -> None:
    raw = json.dumps(without_feed(household())).encode()
    whole = _stored(raw, feed="household-register", source="public-security")
    assert record(whole, VAULT, NOW).topic == "feed.household-register"
    with pytest.raises(Unusable, match="整户重新报送"):
        record(Stored({**whole.fields, "in_file": True}, whole.raw), VAULT, NOW)


def test_without_bytes_there_is_nothing_to_send() -> None:
    with pytest.raises(Unusable, match="没有保存"):
        record(_stored(None), VAULT, NOW)


def test_a_replayed_exception_is_closed_and_says_nothing_new_of_the_record() -> None:
    kept, progress = _Kept(), list[int]()
    replay(kept, VAULT, [_stored(FRAMED)], 10_000.0, progress.append)
    assert [one.topic for one in kept.records] == ["feed.medical-expense", "hub.exceptions"]
    closing = avro.decode(kept.records[1].value, "hub.exceptions")[1]
    assert (closing["status"], closing["raw"], closing["code"]) == ("resolved", None, "UNMATCHED")
    assert closing["exception_id"] == str(UUID(int=7))
    assert progress == [1]
    assert resolved(_stored(FRAMED), datetime.now(UTC)).key == b"530925"
