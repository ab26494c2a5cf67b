"""Records that cannot be used: a row each and an exception each, in the batch's transaction."""

from collections.abc import Sequence

from consumers.correlator.arrivals import Refusal
from consumers.correlator.batch import Batch
from fangpin import metrics
from fangpin.vault import exceptions_subject


def quarantine(batch: Batch, refusals: Sequence[Refusal]) -> None:
    """Keep what cannot be used: the bytes sealed, the reason in the clear."""
    if not refusals:
        return
    subject = exceptions_subject(f"{batch.now:%Y-%m}")
    batch.need_salts((subject,))
    with batch.conn.cursor() as cursor:
        cursor.executemany(
            "INSERT INTO quarantine (exception_id, county_code, feed, code, field, message, record_key, revision, "
            "receipt_id, receipt_index, recorded_at) VALUES (%s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s) "
            "ON CONFLICT DO NOTHING",
            [
                (
                    one.exception_id,
                    one.county_code,
                    one.feed,
                    one.problem.code,
                    one.problem.field,
                    one.problem.message,
                    one.record_key,
                    one.revision,
                    *(one.receipt or (None, None)),
                    batch.now,
                )
                for one in refusals
            ],
        )
    for one in refusals:
        metrics.QUARANTINED.labels(one.feed, one.problem.code).inc()
        receipt_id, receipt_index = one.receipt or (None, None)
        sealed = batch.vault.seal(subject, batch.salts[subject], one.raw) if one.raw else None
        batch.outbox.exception(
            one.county_code,
            one.exception_id,
            status="open",
            feed=one.feed,
            code=one.problem.code,
            field=one.problem.field,
            message=one.problem.message,
            record_id=one.record_id,
            revision=one.revision,
            source=one.source,
            receipt_id=str(receipt_id) if receipt_id is not None else None,
            receipt_index=receipt_index,
            key_id=subject.decode() if sealed is not None else None,
            raw=sealed,
        )
