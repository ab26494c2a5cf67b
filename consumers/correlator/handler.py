"""One batch of feed records, from the messages to the rows: read top to bottom."""

import time
from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from datetime import UTC, date, datetime

from consumers.correlator import (
    activation,
    aliases,
    clock,
    decided,
    deliveries,
    facts,
    findings,
    owners,
    registering,
    revaluation,
    signals,
    watching,
)
from consumers.correlator.arrivals import Arrival, Refusal, read, refusal
from consumers.correlator.batch import Batch, clock_of
from consumers.correlator.linking import link
from consumers.correlator.outbox import AtHand, Outbox, unpublished_counties
from consumers.correlator.placing import place
from consumers.correlator.quarantining import quarantine
from consumers.correlator.relay import Relay
from consumers.correlator.risks import Risks
from consumers.correlator.sealing import seal
from consumers.correlator.signals import Judged
from consumers.runtime import AfterCommit
from fangpin import metrics
from fangpin.active_policies import ActiveBooks
from fangpin.broker import Message
from fangpin.database import Connection
from fangpin.domain.errors import Problem
from fangpin.domain.policy import PackBook
from fangpin.domain.revisions import reused
from fangpin.topics import FEED_TOPICS
from fangpin.vault import Vault

JUDGING_AGAIN_S = 5.0  # between two polls: new records wait no longer, and the worker is not taken for dead


class Correlator:
    """The handler of all feed topics."""

    name = "correlator"
    topics: Sequence[str] = FEED_TOPICS

    def __init__(self, vault: Vault, book: PackBook, relay: Relay) -> None:
        """`relay` publishes what was committed, while the next batch is worked on."""
        self._vault = vault
        self._books = ActiveBooks(book)
        self._unfinished = False
        self._relay = relay

    def recover(self, conn: Connection) -> bool:
        """Publish what a crash left between commit and publication, and go on judging older facts again."""
        self._relay.start(unpublished_counties(conn))
        self._judge_again(conn)
        return self._unfinished

    def process(self, conn: Connection, messages: Sequence[Message]) -> AfterCommit | None:
        """Everything that follows from the messages, in one transaction; publication after its commit."""
        arrivals, refusals = read(messages, datetime.now(UTC))
        civil_dates = self._lock(conn, arrivals, refusals)
        now = clock_of(conn)
        batch = Batch(conn, now, self._vault, self._books.at(conn), Outbox(now), civil_dates)
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
        facts.tell(batch, linked)
        risks.evaluate([one for one in linked if one.judged is None or one.judged.effective or one.judged.touched])
        risks.reconcile()
        deliveries.tell(batch, judgement.stored, moved)
        watching.renew(batch, by_role["register"])
        watching.watch(batch, moved, _effective(by_role["county"]))
        signals.write(conn, judgement.stored, now)
        quarantine(batch, refusals)
        counties = batch.outbox.write(conn)
        _count(judgement.stored)
        if not counties:
            return None
        return lambda: self._after(conn, counties, batch.outbox.at_hand, moved=bool(moved))

    def _after(self, conn: Connection, counties: list[str], at_hand: Mapping[str, AtHand], *, moved: bool) -> None:
        self._relay.start(counties, at_hand)
        if moved or self._unfinished or self._books.changed():
            self._judge_again(conn)

    def _judge_again(self, conn: Connection) -> None:
        """Step by step what packs that came into force have changed for older facts; after a while new records come first."""
        until = time.monotonic() + JUDGING_AGAIN_S
        while (waiting := revaluation.waiting(conn)) and time.monotonic() < until:
            conn.commit()
            counties = revaluation.step(conn, self._vault, self._books, waiting[0])
            conn.commit()
            self._relay.start(counties)
        conn.commit()
        self._unfinished = bool(waiting)

    @staticmethod
    def _lock(conn: Connection, arrivals: Sequence[Arrival], refusals: Sequence[Refusal]) -> dict[str, date | None]:
        """Lock the counties of the batch, in order of code, so that two workers never wait for each other; their dates."""
        codes = sorted({one.record.county_code for one in arrivals} | {one.county_code for one in refusals})
        conn.execute("INSERT INTO county (county_code) SELECT unnest(%b::text[]) ON CONFLICT DO NOTHING", (codes,))
        rows = conn.execute(
            "SELECT county_code, civil_date FROM county WHERE county_code = ANY(%b) ORDER BY county_code FOR UPDATE",
            (codes,),
        )
        return dict(rows.fetchall())

    @staticmethod
    def _without_jumps(batch: Batch, arrivals: list[Arrival], refusals: list[Refusal]) -> list[Arrival]:
        refused = {id(one): _refused(one, problem) for one, problem in clock.jumps(batch, arrivals)}
        refusals.extend(refused.values())
        return [one for one in arrivals if id(one) not in refused]


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
