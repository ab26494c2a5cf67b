"""What is written down of an upload before anything of it is published: the receipt, what was accepted, what was not."""

from datetime import datetime
from uuid import UUID

from fangpin.database import Connection
from fangpin.domain.feeds import Feed
from fangpin.ports import Account
from fangpin.salts import ensure_salts
from fangpin.vault import Vault, refused_rows_subject
from services.intake.judging import Verdicts


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
    """Store the receipt, in the transaction of `conn`."""
    conn.execute(
        "INSERT INTO receipt (receipt_id, feed, county, department, account, accepted, rejected, baseline, "
        "received_at, published) VALUES (%s, %s, %s, %s, %s, %s, %s, %s, %s, 0)",
        (
            receipt_id,
            feed.slug,
            account.county,
            account.department or feed.departments[0],
            account.name,
            verdicts.accepted_places(),
            len(verdicts.rejected),
            baseline,
            now,
        ),
    )
    _store_accepted(conn, receipt_id, verdicts)
    if verdicts.rejected:
        _store_rejected(conn, vault, receipt_id, verdicts, now)


def _store_accepted(conn: Connection, receipt_id: UUID, verdicts: Verdicts) -> None:
    with (
        conn.cursor() as cursor,
        cursor.copy(
            "COPY receipt_item (receipt_id, position, index, row, record_index, record_id, record_key, revision, digest, "
            "notes) FROM STDIN (FORMAT binary)"
        ) as copy,
    ):
        copy.set_types(["uuid", "int4", "int4", "int4", "int4", "text", "uuid", "int8", "bytea", "text[]"])
        places = [(index, row, one) for one in verdicts.accepted for index, row in one.places]
        if any(len(one.places) > 1 for one in verdicts.accepted):
            places.sort(key=lambda place: place[0])  # a household's rows may lie apart
        for position, (index, row, one) in enumerate(places):
            rest = (one.index, one.record_id, one.record_key, one.revision, one.digest, list(one.notes))
            copy.write_row((receipt_id, position, index, row, *rest))


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
