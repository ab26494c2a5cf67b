"""One batch of feed records, from the messages to the rows: read top to bottom."""

import time
from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from uuid import UUID

from consumers.correlator import (
    activation,
    aliases,
    clock,
    decided,
    deliveries,
    findings,
    owners,
    registering,
    revaluation,
    signals,
    watching,
)
from consumers.correlator.arrivals import Arrival, Refusal, read, refusal
from consumers.correlator.batch import Batch
from consumers.correlator.linked import Linked
from consumers.correlator.linking import link, seal
from consumers.correlator.outbox import AtHand, Outbox, publish, unpublished_counties
from consumers.correlator.placing import place
from consumers.correlator.relay import Relay
from consumers.correlator.risks import Risks
from consumers.correlator.signals import Judged
from consumers.runtime import AfterCommit
from fangpin import metrics
from fangpin.active_policies import ActiveBooks
from fangpin.broker import Message, Producer
from fangpin.database import Connection
from fangpin.domain.errors import Problem
from fangpin.domain.feeds import FEEDS
from fangpin.domain.policy import PackBook
from fangpin.domain.revisions import reused
from fangpin.topics import FEED_TOPICS
from fangpin.vault import Vault, exceptions_subject

JUDGING_AGAIN_S = 60.0  # between two polls; the group gives a worker up that does not poll for five minutes


class Correlator:
    """The handler of all feed topics."""

    name = "correlator"
    topics: Sequence[str] = FEED_TOPICS

    def __init__(self, vault: Vault, book: PackBook, producer: Producer, relay: Relay | None = None) -> None:
        """With a `relay` a batch is published while the next one is worked on, without one before it."""
        self._vault = vault
        self._books = ActiveBooks(book)
        self._unfinished = False
        self._producer = producer
        self._relay = relay

    def recover(self, conn: Connection) -> None:
        """Publish what a crash left between commit and publication."""
        self._publish(conn, unpublished_counties(conn))
        self._judge_again(conn)

    def _publish(self, conn: Connection, counties: list[str], at_hand: Mapping[str, AtHand] | None = None) -> None:
        if self._relay is None:
            publish(conn, self._producer, counties, at_hand)
        else:
            self._relay.start(counties, at_hand)

    def process(self, conn: Connection, messages: Sequence[Message]) -> AfterCommit | None:
        """Everything that follows from the messages, in one transaction; publication after its commit."""
        now = datetime.now(UTC)
        arrivals, refusals = read(messages, now)
        batch = Batch(conn, now, self._vault, self._books.book, Outbox(now))
        self._lock(batch, arrivals, refusals)
        batch.book = self._books.at(conn)
        arrivals = self._without_jumps(batch, arrivals, refusals)
        arrivals = activation.without_refused(batch, self._books.base, arrivals, refusals)
        taken = {id(arrival) for arrival in owners.foreign(conn, arrivals)}
        refusals.extend(_refused(arrival, owners.TAKEN) for arrival in arrivals if id(arrival) in taken)
        judgement = signals.judge(conn, [arrival for arrival in arrivals if id(arrival) not in taken])
        refusals.extend(_refused(arrival, reused(arrival.record.revision)) for arrival in judgement.reused)
        by_role: dict[str, list[Judged]] = defaultdict(list)
        for one in judgement.stored:
            by_role["matched" if one.arrival.feed.matched else one.arrival.feed.role].append(one)
        risks = Risks(batch)
        seal(batch, [one for role, judged in by_role.items() if role != "matched" for one in judged])
        findings.apply(batch, risks, _effective(by_role["finding"]))
        affected = registering.register(batch, _effective(by_role["register"]))
        place(batch, [*by_role["alias"], *by_role["decision"]])
        aliases.apply(batch, _effective(by_role["alias"]), affected)
        decided.apply(batch, _effective(by_role["decision"]), affected)
        moved = clock.apply(batch, _effective(by_role["clock"]))
        activation.apply(batch, self._books, [*by_role["proposal"], *by_role["approval"]], moved)
        for county, before in moved.items():
            risks.load_due(county, before, batch.civil_dates[county])
        linked = link(batch, by_role["matched"], affected)
        self._signal_events(batch, linked)
        risks.evaluate([one for one in linked if one.judged is None or one.judged.effective or one.judged.touched])
        risks.reconcile()
        deliveries.tell(batch, judgement.stored, moved)
        watching.renew(batch, by_role["register"])
        watching.watch(batch, moved, _effective(by_role["county"]))
        signals.write(conn, judgement.stored, now)
        self._quarantine(batch, refusals)
        counties = batch.outbox.write(conn)
        _count(judgement.stored)
        if not counties:
            return None
        return lambda: self._after(conn, counties, batch.outbox.at_hand, moved=bool(moved))

    def _after(self, conn: Connection, counties: list[str], at_hand: Mapping[str, AtHand], *, moved: bool) -> None:
        self._publish(conn, counties, at_hand)
        if moved or self._unfinished or self._books.changed():
            self._judge_again(conn)

    def _judge_again(self, conn: Connection) -> None:
        """Step by step what packs that came into force have changed for older facts; after a while new records come first."""
        until = time.monotonic() + JUDGING_AGAIN_S
        while (waiting := revaluation.waiting(conn)) and time.monotonic() < until:
            conn.commit()
            counties = revaluation.step(conn, self._vault, self._books, waiting[0])
            conn.commit()
            self._publish(conn, counties)
        conn.commit()
        self._unfinished = bool(waiting)

    @staticmethod
    def _lock(batch: Batch, arrivals: Sequence[Arrival], refusals: Sequence[Refusal]) -> None:
        """Lock the counties of the batch, in order of code, so that two workers never wait for each other."""
        codes = sorted({one.record.county_code for one in arrivals} | {one.county_code for one in refusals})
        batch.conn.execute(
            "INSERT INTO county (county_code) SELECT unnest(%b::text[]) ON CONFLICT DO NOTHING", (codes,)
        )
        rows = batch.conn.execute(
            "SELECT county_code, civil_date FROM county WHERE county_code = ANY(%b) ORDER BY county_code FOR UPDATE",
            (codes,),
        )
        batch.civil_dates = dict(rows.fetchall())

    @staticmethod
    def _without_jumps(batch: Batch, arrivals: list[Arrival], refusals: list[Refusal]) -> list[Arrival]:
        kept = []
        for one in arrivals:
            problem = clock.jump(batch, one) if one.feed.role == "clock" else None
            if problem is None:
                kept.append(one)
            else:
                refusals.append(
                    refusal(one.message, problem, record_id=one.record.record_id, revision=one.record.revision)
                )
        return kept

    @staticmethod
    def _signal_events(batch: Batch, linked: Sequence[Linked]) -> None:
        """What became of each fact, of every revision that held, as if each had come in a batch of its own."""
        for one in linked:
            before = one.household_before
            for step in (*one.earlier, one):
                _signal_event(batch, step, before)
                before = step.household_now

    @staticmethod
    def _quarantine(batch: Batch, refusals: Sequence[Refusal]) -> None:
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


def _signal_event(batch: Batch, one: Linked, before: UUID | None) -> None:
    """SignalRecorded, SignalCorrected, SignalWithdrawn on the household of now, SignalMoved on that of before.

    A feed may have its own names for them.
    """
    content_is_new = one.judged is not None and (one.judged.effective or not one.judged.is_current)
    body = {
        "feed": one.feed,
        "source": one.source,
        "record_id": one.record_id,
        "revision": one.revision,
        "person_key": one.person_key.hex() if one.person_key is not None else None,
        "notes": list(one.notes),
        "baseline": one.baseline,
        "seal_subject": one.seal_subject,
        "sealed": one.sealed,
    }
    now, named = one.household_now, FEEDS[one.feed].events
    if before is not None and before != now:
        kind = "SignalWithdrawn" if one.withdrawn and now is None else "SignalMoved"
        batch.outbox.event(one.county_code, before, named.get(kind, kind), one.occurred_on, **body)
    if now is None:
        return
    if before is not None and before == now:
        if content_is_new:
            kind = "SignalWithdrawn" if one.withdrawn else "SignalCorrected"
            batch.outbox.event(one.county_code, now, named.get(kind, kind), one.occurred_on, **body)
    elif not one.withdrawn:
        kind = "SignalRecorded"
        batch.outbox.event(one.county_code, now, named.get(kind, kind), one.occurred_on, **body)


def _effective(judged: Sequence[Judged]) -> list[Judged]:
    """Those whose content holds now and did not before."""
    return [one for one in judged if one.effective]


def _refused(arrival: Arrival, problem: Problem) -> Refusal:
    return refusal(
        arrival.message,
        problem,
        record_id=arrival.record.record_id,
        revision=arrival.record.revision,
        record_key=arrival.record_key,
    )


def _count(stored: Sequence[Judged]) -> None:
    outcomes = Counter(
        (one.arrival.feed.slug, one.outcome if one.verdict == "applied" else one.verdict) for one in stored
    )
    for (feed, outcome), count in outcomes.items():
        metrics.OUTCOMES.labels(feed, outcome).inc(count)
