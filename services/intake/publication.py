"""The receipt first, then the topic: what got a 202 can always be asked for, and a 503 says what was not sent."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Protocol
from uuid import UUID, uuid4

from fangpin import avro, metrics
from fangpin.broker import Outgoing
from fangpin.cloudevents import department_source, headers
from fangpin.database import autocommitted
from fangpin.domain.feeds import Feed
from fangpin.domain.ids import exception_id
from fangpin.errors import TransientError
from fangpin.ports import Account, HttpProblem, Pool
from fangpin.salts import ensure_salts
from fangpin.topics import EXCEPTIONS
from fangpin.vault import Vault, exceptions_subject
from services.intake.judging import Accepted, Rejected, Verdicts
from services.intake.receiving import store

CHUNK = 2_000  # records between two acknowledgements
NO_COUNTY = "000000"
RETRY_S = "5"


class Publishes(Protocol):
    """What is needed of `fangpin.kafka.Producer`."""

    def publish(self, records: Iterable[Outgoing]) -> None:
        """All acknowledged, or `TransientError`."""


def sending_area(account: Account, county_code: str) -> str:
    """Whose record it is within its department: an officer's own village or township; otherwise the county's."""
    return account.area if account.kind == "officer" else county_code


@dataclass(frozen=True, slots=True)
class Publisher:
    """Writes receipts and publishes, for many requests at once."""

    pool: Pool
    producer: Publishes
    vault: Vault

    def publish(self, account: Account, feed: Feed, verdicts: Verdicts, *, baseline: bool = False) -> dict[str, object]:
        """The body of the answer. Raises 422 `ALL_REJECTED` and, when the broker is away, 503."""
        receipt_id, now = uuid4(), datetime.now(UTC)
        accepted, rejected = verdicts.accepted, verdicts.rejected
        with self.pool.connection() as conn:
            store(conn, self.vault, receipt_id, account, feed, verdicts, baseline, now)
            salts = ensure_salts(conn, (exceptions_subject(f"{now:%Y-%m}"),)) if rejected else {}
        body: dict[str, object] = {
            "receipt_id": str(receipt_id),
            "accepted": verdicts.accepted_places(),
            "rejected": [one.shown() for one in rejected],
        }
        if verdicts.notes:
            body["notes"] = verdicts.notes
        try:
            self._send(receipt_id, account, feed, accepted, baseline, now)
            self._send_exceptions(receipt_id, account, feed, rejected, salts, now)
        except TransientError as error:
            raise HttpProblem(
                503,
                "NOT_PUBLISHED",
                "消息系统暂时不可用，未确认全部收到。请稍后把整批重新发送，重复发送不会重复计算。",
                headers={"Retry-After": RETRY_S},
                extra={"receipt_id": str(receipt_id)},
            ) from error
        metrics.ACCEPTED.labels(feed.slug, "accepted").inc(len(accepted))
        metrics.ACCEPTED.labels(feed.slug, "rejected").inc(len(rejected))
        if not accepted:
            detail = "没有一条记录可用，请按每条的说明修改后重新报送。"
            if not rejected:
                detail = "请求体里没有记录，请检查生成程序后重新报送。"
            raise HttpProblem(422, "ALL_REJECTED", detail, extra=body)
        return body

    def _send(
        self,
        receipt_id: UUID,
        account: Account,
        feed: Feed,
        accepted: Sequence[Accepted],
        baseline: bool,
        now: datetime,
    ) -> None:
        topic, kind, department = (
            f"feed.{feed.slug}",
            f"fangpin.feed.{feed.slug}",
            account.department or feed.departments[0],
        )
        for start in range(0, len(accepted), CHUNK):
            chunk = accepted[start : start + CHUNK]
            outgoing = [
                Outgoing(
                    topic,
                    one.county_code.encode(),
                    one.payload,
                    headers(
                        f"{receipt_id}/{one.index}",
                        department_source(sending_area(account, one.county_code), department),
                        kind,
                        now,
                        baseline=baseline,
                    ),
                )
                for one in chunk
            ]
            try:
                self.producer.publish(outgoing)
            except TransientError:
                self._not_published(receipt_id, chunk[0].index)
                raise

    def _not_published(self, receipt_id: UUID, first: int) -> None:
        """Say of the receipt that nobody knows of the records from this index on. A process that dies before it can, has
        not told its sender the receipt's id either.
        """
        with self.pool.connection() as conn, autocommitted(conn):
            conn.execute("UPDATE receipt SET published = %s WHERE receipt_id = %s", (first, receipt_id))

    def _send_exceptions(
        self,
        receipt_id: UUID,
        account: Account,
        feed: Feed,
        rejected: Sequence[Rejected],
        salts: Mapping[bytes, bytes],
        now: datetime,
    ) -> None:
        subject = exceptions_subject(f"{now:%Y-%m}")
        for start in range(0, len(rejected), CHUNK):
            self.producer.publish(
                [
                    self._exception(receipt_id, account, feed, one, subject, salts[subject], now)
                    for one in rejected[start : start + CHUNK]
                ]
            )

    def _exception(
        self, receipt_id: UUID, account: Account, feed: Feed, one: Rejected, subject: bytes, salt: bytes, now: datetime
    ) -> Outgoing:
        county = account.county or one.county_code or NO_COUNTY
        identity = exception_id("intake", receipt_id, one.index, one.row)
        sealed = self.vault.seal(subject, salt, one.raw) if one.raw is not None else None
        payload = avro.encode(
            EXCEPTIONS,
            {
                "exception_id": str(identity),
                "status": "open",
                "feed": feed.slug,
                "county_code": county,
                "code": one.problem.code,
                "field": one.problem.field,
                "message": one.problem.message,
                "record_id": one.record_id,
                "revision": one.revision,
                "source": account.department,
                "receipt_id": str(receipt_id),
                "receipt_index": one.index,
                "recorded_at": now,
                "key_id": subject.decode() if sealed is not None else None,
                "raw": sealed,
            },
        )
        source = department_source(county, account.department or "hub")
        return Outgoing(EXCEPTIONS, county.encode(), payload, headers(str(identity), source, "fangpin.exception", now))
