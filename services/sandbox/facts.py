"""A county's facts as its household events tell them: a fold of `outgoing`, in which the last event of a record counts.

Opening a seal costs ten microseconds, whatever is in it. So what rules can ask of many records, in columns, is sealed once
more together (`trial_block`, by `services.sandbox.keeping`); only what came after the last block is opened record by record.
"""

import io
from collections import defaultdict
from collections.abc import Iterator, Mapping
from uuid import UUID

import msgspec
import polars as pl

from fangpin import avro
from fangpin.database import Connection
from fangpin.domain.feeds import FEEDS, Feed
from fangpin.domain.ids import record_key
from fangpin.domain.records import read_content
from fangpin.salts import load_salts
from fangpin.vault import Vault

FACTS = frozenset(feed.slug for feed in FEEDS.values() if feed.role == "fact")
_TOLD = ("SignalRecorded", "SignalCorrected")
_LEFT = ("SignalMoved", "SignalWithdrawn")
_TYPES = [f"fangpin.household.{kind}" for kind in (*_TOLD, *_LEFT)]
_CONTENT = msgspec.json.Decoder(dict[str, object])
_ALL = 1 << 31
# What conditions and spans can ask for, by kind of field. Texts are not among them, nor a person's name or number.
_COLUMNS: Mapping[str, pl.DataType | type[pl.DataType]] = {
    "money": pl.Decimal(18, 2),
    "quantity": pl.Decimal(18, 2),
    "date": pl.Date,
    "until": pl.Date,
    "bool": pl.Boolean,
    "int": pl.Int64,
    "year": pl.Int64,
    "enum": pl.String,
    "month": pl.String,
    "enum_list": pl.List(pl.String),
    "int_list": pl.List(pl.Int64),
}
LISTS = ("enum_list", "int_list")


def columns(feed: Feed) -> dict[str, pl.DataType | type[pl.DataType]]:
    """The columns of a feed's frames: its judged fields, and whose fact of which day it is.

    `key`, `household`: the bytes of the UUIDs; a record without a household has left the one that it had.
    """
    own = {field.name: _COLUMNS[field.kind] for field in feed.fields if field.kind in _COLUMNS}
    return {**own, "key": pl.Binary, "household": pl.Binary, "day": pl.Date}


def block_subject(county: str) -> bytes:
    """The vault's subject of a county's blocks."""
    return f"trial:{county}".encode()


def reached(conn: Connection, county: str) -> int:
    """The position up to which the county has blocks."""
    row = conn.execute("SELECT coalesce(max(upto), 0) FROM trial_block WHERE county_code = %s", (county,)).fetchone()
    assert row is not None  # an aggregate has a row
    return int(row[0])


def told(
    conn: Connection, vault: Vault, county: str, after: int, limit: int = _ALL
) -> tuple[int, dict[str, pl.DataFrame]]:
    """What the next `limit` outgoing rows tell of facts, by feed and in order; the position of the last one, or `after`.

    What was sealed under a salt that is gone is left out. Raises `PoisonError` when the vault is another one.
    """
    rows = conn.execute(
        "SELECT position, CASE WHEN ce_type = ANY(%s) THEN payload END FROM outgoing "
        "WHERE county_code = %s AND position > %s ORDER BY position LIMIT %s",
        (_TYPES, county, after, limit),
        binary=True,
    ).fetchall()
    events = [avro.decode(payload)[1] for _, payload in rows if payload is not None]
    events = [one for one in events if one["feed"] in FACTS]
    salts = load_salts(conn, (one["seal_subject"] for one in events))
    found: dict[str, list[dict[str, object]]] = defaultdict(list)
    for one in events:
        subject = one["seal_subject"]
        if subject in salts:
            content = _CONTENT.decode(vault.open(subject, salts[subject], one["sealed"]))
            found[one["feed"]].append(_row(FEEDS[one["feed"]], county, one, content))
    frames = {feed: pl.DataFrame(own, schema=columns(FEEDS[feed])) for feed, own in found.items()}
    return (rows[-1][0] if rows else after), frames


def _row(feed: Feed, county: str, event: avro.Datum, content: Mapping[str, object]) -> dict[str, object]:
    left = event["type"] in _LEFT
    return {
        **read_content(feed, content),
        "key": record_key(feed.slug, county, event["source"], event["record_id"]).bytes,
        "household": None if left else UUID(event["household_id"]).bytes,
        "day": event["valid_on"],
    }


def packed(frame: pl.DataFrame) -> bytes:
    """A frame as the plaintext of a block."""
    file = io.BytesIO()
    frame.write_ipc(file, compression="zstd")
    return file.getvalue()


def facts(conn: Connection, vault: Vault, county: str, feed: Feed, tail: Mapping[str, pl.DataFrame]) -> pl.DataFrame:
    """Every fact of the feed that a household has now; `tail` is what was `told` after the last block.

    Raises `PoisonError` as `told`.
    """
    own = columns(feed)
    frames = [*_blocks(conn, vault, county, feed), *([tail[feed.slug]] if feed.slug in tail else [])]
    if not frames:
        return pl.DataFrame(schema=own)
    # A block may be older than a field of its feed: what it lacks is null.
    whole = pl.concat([pl.DataFrame(schema=own), *frames], how="diagonal")
    return whole.unique("key", keep="last", maintain_order=True).filter(pl.col("household").is_not_null())


def _blocks(conn: Connection, vault: Vault, county: str, feed: Feed) -> Iterator[pl.DataFrame]:
    subject = block_subject(county)
    salts = load_salts(conn, [subject])
    for (sealed,) in conn.execute(
        "SELECT sealed FROM trial_block WHERE county_code = %s AND feed = %s ORDER BY upto",
        (county, feed.slug),
        binary=True,
    ):
        yield pl.read_ipc(vault.open(subject, salts[subject], sealed))
