"""Versions of a read model: tables `<name>_v<n>`, and a view `<name>` on the live one. A swap is one transaction.

An upgrade may give a read model other tables. A version of another shape cannot be folded on, so a new one takes its
place at once and is folded from the start of the log.
"""

from hashlib import sha256

from fangpin import sequences
from fangpin.database import Connection
from projections.base import Projection, Tables

_LOCK = 4402  # one writer of the catalogue of read models at a time


def ensure(conn: Connection, projection: Projection) -> int:
    """The live version, made with its tables and views when there is none of its shape."""
    conn.execute("SELECT pg_advisory_xact_lock(%s)", (_LOCK,))
    conn.execute(
        "CREATE TABLE IF NOT EXISTS projection (name text PRIMARY KEY, live_version int NOT NULL, newest int NOT NULL)"
    )
    conn.execute("ALTER TABLE projection ADD COLUMN IF NOT EXISTS shape text NOT NULL DEFAULT ''")
    row = conn.execute("SELECT live_version, shape FROM projection WHERE name = %s", (projection.name,)).fetchone()
    shape = _shape(projection)
    if row is not None and row[1] == shape:
        return int(row[0])
    conn.execute(
        "INSERT INTO projection (name, live_version, newest, shape) VALUES (%(name)s, 0, 0, %(shape)s) "
        "ON CONFLICT (name) DO UPDATE SET shape = %(shape)s",
        {"name": projection.name, "shape": shape},
    )
    version = next_version(conn, projection)
    for table in projection.tables:
        conn.execute(f"DROP VIEW IF EXISTS {table.name}")  # replaced, it could only get more columns
    before = swap(conn, projection, version)
    if row is not None:
        drop(conn, projection, before)
    return version


def consumer_name(projection: Projection, version: int) -> str:
    """The name under which a version keeps its checkpoints."""
    return f"projection.{projection.name}.v{version}"


def _shape(projection: Projection) -> str:
    tables = "\n".join(f"{one.name} ({one.ddl}) {'; '.join(one.indexes)}" for one in projection.tables)
    return sha256(tables.encode()).hexdigest()[:16]


def live_version(conn: Connection, projection: Projection) -> int | None:
    """The version that reads see."""
    row = conn.execute("SELECT live_version FROM projection WHERE name = %s", (projection.name,)).fetchone()
    return int(row[0]) if row is not None else None


def next_version(conn: Connection, projection: Projection) -> int:
    """A new version with empty tables."""
    row = conn.execute(
        "UPDATE projection SET newest = newest + 1 WHERE name = %s RETURNING newest", (projection.name,)
    ).fetchone()
    assert row is not None
    create_tables(conn, projection, int(row[0]))
    return int(row[0])


def create_tables(conn: Connection, projection: Projection, version: int) -> None:
    """The version's tables and indexes."""
    for table in projection.tables:
        name = Tables(version)[table.name]
        conn.execute(f"CREATE TABLE {name} ({table.ddl})")
        for columns in table.indexes:
            on = columns if columns.startswith("USING") else f"USING btree {columns}"
            conn.execute(f"CREATE INDEX ON {name} {on}")


def claim(conn: Connection, projection: Projection) -> bool:
    """Be the only one that builds versions of this read model, for as long as the connection lives."""
    row = conn.execute("SELECT pg_try_advisory_lock(%s, hashtext(%s))", (_LOCK, projection.name)).fetchone()
    conn.commit()
    return row is not None and bool(row[0])


def orphans(conn: Connection, projection: Projection) -> list[int]:
    """Versions that a crash left half built; only for who holds the claim."""
    live = live_version(conn, projection)
    rows = conn.execute(
        "SELECT relname FROM pg_class JOIN pg_namespace n ON n.oid = relnamespace "
        "WHERE relkind = 'r' AND n.nspname = current_schema() AND starts_with(relname, %s)",
        (f"{projection.tables[0].name}_v",),
    )
    numbers = {name.rpartition("_v")[2] for (name,) in rows}
    return sorted(int(number) for number in numbers if number.isdigit() and int(number) != live)


def swap(conn: Connection, projection: Projection, version: int) -> int:
    """Make a version the live one; returns the one that was."""
    conn.execute("SELECT pg_advisory_xact_lock(%s)", (_LOCK,))
    before = live_version(conn, projection)
    assert before is not None
    conn.execute("UPDATE projection SET live_version = %s WHERE name = %s", (version, projection.name))
    _point_views(conn, projection, version)
    return before


def drop(conn: Connection, projection: Projection, version: int) -> None:
    """Remove a version that nobody reads.

    The checkpoints go first: a batch that still folds holds them before it writes to the tables, and the other order
    would be a deadlock with it.
    """
    consumer = consumer_name(projection, version)
    conn.execute(
        "DELETE FROM checkpoint WHERE (consumer, topic, partition) IN (SELECT consumer, topic, partition FROM checkpoint "
        "WHERE consumer = %s ORDER BY topic, partition FOR UPDATE)",
        (consumer,),
    )
    sequences.forget(conn, consumer)
    for table in projection.tables:
        conn.execute(f"DROP TABLE IF EXISTS {Tables(version)[table.name]}")


def _point_views(conn: Connection, projection: Projection, version: int) -> None:
    for table in projection.tables:
        conn.execute(f"CREATE OR REPLACE VIEW {table.name} AS SELECT * FROM {Tables(version)[table.name]}")
