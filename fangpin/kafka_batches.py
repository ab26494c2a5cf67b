"""How the records of a fetched batch are read: as kafka-python does, but that no record stops its partition.

librdkafka's clients take any bytes for a header's name, and the broker asks nothing; kafka-python refuses the whole
batch for one name that is not UTF-8, whenever it is read again. Here such a name is read with its bytes written out, and
means nothing to anybody.
"""

from collections.abc import Iterator

from kafka.errors import CorruptRecordError
from kafka.record import memory_records
from kafka.record.default_records import DefaultRecord, DefaultRecordBatch
from kafka.record.util import decode_varint

Headers = list[tuple[str, bytes | None]]


class RecordBatch(DefaultRecordBatch):  # type: ignore[misc]
    """The records of a batch of format v2 (KIP-98), one after another. Raises `CorruptRecordError`."""

    __slots__ = ()

    def __iter__(self) -> Iterator[DefaultRecord]:
        if self.is_control_batch:
            yield from super().__iter__()
            return
        self._maybe_uncompress()
        data, position = bytes(self._buffer), self._pos
        stamp = self.max_timestamp if self.timestamp_type == self.LOG_APPEND_TIME else None
        kind, first_stamp, base_offset = self.timestamp_type, self.first_timestamp, self.base_offset
        try:
            for _ in range(self.records_count):
                size, start = decode_varint(data, position)
                age, position = decode_varint(data, start + 1)  # one byte of attributes, of which none is used
                later, position = decode_varint(data, position)
                key, position = _sized(data, position)
                value, position = _sized(data, position)
                headers, position = _headers(data, position)
                if position != start + size:
                    raise CorruptRecordError(f"a record of {size} bytes was read in {position - start}")
                at = first_stamp + age if stamp is None else stamp
                yield DefaultRecord(size, base_offset + later, at, kind, key, value, headers)
        except (ValueError, IndexError) as error:
            raise CorruptRecordError(f"a record that cannot be read: {error!r}") from error
        if position != len(data):
            raise CorruptRecordError(f"{len(data) - position} bytes behind the last record")


def _headers(data: bytes, position: int) -> tuple[Headers, int]:
    count, position = decode_varint(data, position)
    headers: Headers = []
    for _ in range(count):
        name, position = _sized(data, position)
        if name is None:
            raise ValueError("a header without a name")
        value, position = _sized(data, position)
        headers.append((name.decode("utf-8", "backslashreplace"), value))
    return headers, position


def _sized(data: bytes, position: int) -> tuple[bytes | None, int]:
    """Bytes behind their number, None behind -1, and where they end."""
    size, position = decode_varint(data, position)
    if size < 0:
        return None, position
    end = position + size
    return data[position:end], end


def install() -> None:
    """Have kafka-python read its batches so; it has no setting for it."""
    memory_records.DefaultRecordBatch = RecordBatch
