"""Our reading of a batch gives what kafka-python's gives, whatever the records hold and however they are compressed."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from kafka.errors import CorruptRecordError
from kafka.record import MemoryRecordsBuilder
from kafka.record.default_records import DefaultRecord, DefaultRecordBatch

from fangpin.kafka_batches import RecordBatch

NONE, ZSTD = 0, 4
some_bytes = st.none() | st.binary(max_size=300)
records = st.lists(
    st.tuples(
        st.integers(0, 2**41), some_bytes, some_bytes, st.lists(st.tuples(st.text(max_size=9), some_bytes), max_size=3)
    ),
    min_size=1,
    max_size=8,
)
Given = list[tuple[int, bytes | None, bytes | None, list[tuple[str, bytes | None]]]]


class Name(str):
    """A header's name that goes out as bytes that are not UTF-8, as a C program sends what it has."""

    __slots__ = ()

    def encode(self, *_: object, **__: object) -> bytes:
        return "数据".encode("gb18030")


def batch(given: Given, codec: int = NONE) -> bytes:
    built = MemoryRecordsBuilder(magic=2, compression_type=codec, batch_size=1_000_000)
    for stamp, key, value, headers in given:
        built.append(stamp, key, value, headers)
    built.close()
    return bytes(built.buffer())


def read(kind: type[DefaultRecordBatch], raw: bytes) -> list[tuple[object, ...]]:
    return [
        (one.offset, one.timestamp, one.timestamp_type, one.key, one.value, one.headers, one.size_in_bytes)
        for one in kind(raw)
        if isinstance(one, DefaultRecord)
    ]


@given(records, st.sampled_from([NONE, ZSTD]))
def test_a_batch_is_read_as_kafka_python_reads_it(given: Given, codec: int) -> None:
    raw = batch(given, codec)
    assert read(RecordBatch, raw) == read(DefaultRecordBatch, raw)


@given(records, st.data())
def test_a_batch_that_was_cut_or_changed_is_read_or_refused_and_nothing_else(given: Given, data: st.DataObject) -> None:
    raw = bytearray(batch(given))
    start = DefaultRecordBatch.HEADER_STRUCT.size
    raw[data.draw(st.integers(start, len(raw) - 1))] = data.draw(st.integers(0, 255))
    del raw[data.draw(st.integers(start, len(raw))) :]
    try:
        read(RecordBatch, bytes(raw))
    except CorruptRecordError:
        pass


def test_a_name_that_is_not_utf8_is_read_with_its_bytes_written_out() -> None:
    raw = batch([(1, b"530925", b"x", [(Name("x"), b"1"), ("ce_id", b"2")])])
    with pytest.raises(CorruptRecordError):
        read(DefaultRecordBatch, raw)
    assert [one[5] for one in read(RecordBatch, raw)] == [[("\\xca\\xfd\\xbe\\xdd", b"1"), ("ce_id", b"2")]]
