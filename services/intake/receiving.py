"""What is written down of an upload before anything of it is published: the receipt, what was accepted, what was not."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from fangpin.database import Connection, autocommitted
from fangpin.domain.feeds import Feed
from fangpin.ports import Account
from fangpin.salts import ensure_salts
from fangpin.vault import Vault, refused_rows_subject
from services.intake.judging import Verdicts

FEW = 50  # rows below which a COPY costs more than it saves
_ITEM = (
    "receipt_id", "position", "index", "row", "record_index", "record_id", "record_key", "revision", "digest", "notes",
)  # fmt: skip


_INSERT_RECEIPT = (
    "INSERT INTO receipt (receipt_id, feed, county, department, account, accepted, rejected, baseline, received_at, "
    "published) VALUES (%s, %s, %s, %s, %s, %s, %s, %s, %s, %s)"
)


def store(
    conn: Connection,
    vault: Vault,
    receipt_id: UUID,
    account: Account,
    feed: Feed,
    verdicts: Verdicts,
    baseline: bool,
    now: datetime,
) -> None:
    """Store the receipt, in the transaction of `conn`, or of its own when it is one statement.

    `published` is as if all had reached the broker: only what did not is told afterwards (`publication.py`).
    """
    places = [(index, row, one) for one in verdicts.accepted for index, row in one.places]
    if any(len(one.places) > 1 for one in verdicts.accepted):
        places.sort(key=lambda place: place[0])  # a household's rows may lie apart
    items = [
        (
            receipt_id,
            position,
            index,
            row,
            one.index,
            one.record_id,
            one.record_key,
            one.revision,
            one.digest,
            list(one.notes),
        )
        for position, (index, row, one) in enumerate(places)
    ]
    receipt = (
        receipt_id,
        feed.slug,
        account.county,
        account.department or feed.departments[0],
        account.name,
        verdicts.accepted_places(),
        len(verdicts.rejected),
        baseline,
        now,
        verdicts.accepted[-1].index + 1 if verdicts.accepted else 0,
    )
    if items and len(items) <= FEW and not verdicts.rejected:
        with autocommitted(conn):
            _store_at_once(conn, receipt, items)
        return
    conn.execute(_INSERT_RECEIPT, receipt)
    if items:
        _store_items(conn, items)
    if verdicts.rejected:
        _store_rejected(conn, vault, receipt_id, verdicts, now)


def _store_at_once(conn: Connection, receipt: Sequence[object], items: Sequence[Sequence[object]]) -> None:
    """One statement: what a department's program sends is mostly a record or two, hundreds of times a second."""
    rows = ", ".join([f"({', '.join(['%s'] * len(_ITEM))})"] * len(items))
    conn.execute(
        f"WITH own AS ({_INSERT_RECEIPT}) INSERT INTO receipt_item ({', '.join(_ITEM)}) VALUES {rows}",
        [*receipt, *(value for item in items for value in item)],
    )


def _store_items(conn: Connection, items: Sequence[tuple[object, ...]]) -> None:
    with (
        conn.cursor() as cursor,
        cursor.copy(f"COPY receipt_item ({', '.join(_ITEM)}) FROM STDIN (FORMAT binary)") as copy,
    ):
        copy.set_types(["uuid", "int4", "int4", "int4", "int4", "text", "uuid", "int8", "bytea", "text[]"])
        for item in items:
            copy.write_row(item)


def _store_rejected(conn: Connection, vault: Vault, receipt_id: UUID, verdicts: Verdicts, now: datetime) -> None:
    """With what came, sealed for as long as the rows can be fetched again."""
    subject = refused_rows_subject(now)
    salt = ensure_salts(conn, (subject,))[subject]
    with (
        conn.cursor() as cursor,
        cursor.copy(
            "COPY receipt_rejection (receipt_id, position, index, row, code, field, message, sealed) "
            "FROM STDIN (FORMAT binary)"
        ) as copy,
    ):
        copy.set_types(["uuid", "int4", "int4", "int4", "text", "text", "text", "bytea"])
        for position, bad in enumerate(verdicts.rejected):
            problem = bad.problem
            given = bad.given()
            sealed = vault.seal(subject, salt, given) if given is not None else None
            copy.write_row(
                (receipt_id, position, bad.index, bad.row, problem.code, problem.field, problem.message, sealed)
            )
