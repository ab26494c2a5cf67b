"""Facts judged again because the county's policy is another: in bounded steps, each a transaction under the county's lock.

Until its step has come a fact counts as it was judged before; new facts are judged by the new policy at once. A step that
a crash interrupted is taken again, and a fact judged twice changes nothing.
"""

from consumers.correlator.batch import Batch, clock_of
from consumers.correlator.outbox import Outbox
from consumers.correlator.risks import Risks
from consumers.correlator.stored import stored_facts
from fangpin.active_policies import ActiveBooks
from fangpin.database import Connection
from fangpin.domain.policy.apart import Parting
from fangpin.vault import Vault

STEP = 2_000  # facts a transaction: the county waits half a second at most


def ask(conn: Connection, county: str, parted: Parting, reason: str) -> None:
    """Have what parted judged again; from the beginning, when that was under way for an earlier reason."""
    conn.execute(
        "INSERT INTO revaluation (county_code, feeds, occurred_from, reason) VALUES (%s, %s, %s, %s) "
        "ON CONFLICT (county_code) DO UPDATE SET reason = EXCLUDED.reason, after_key = NULL, "
        "occurred_from = least(revaluation.occurred_from, EXCLUDED.occurred_from), "
        "feeds = ARRAY(SELECT DISTINCT unnest(revaluation.feeds || EXCLUDED.feeds))",
        (county, list(parted.feeds), parted.occurred_from, reason),
    )


def waiting(conn: Connection) -> list[str]:
    """The counties in which something has still to be judged again."""
    return [row[0] for row in conn.execute("SELECT county_code FROM revaluation ORDER BY 1")]


def step(conn: Connection, vault: Vault, books: ActiveBooks, county: str) -> list[str]:
    """One step of one county; what is to be published: counties with outgoing rows. The caller commits.

    There is another step to come while the county is among `waiting`.
    """
    row = conn.execute("SELECT civil_date FROM county WHERE county_code = %s FOR UPDATE", (county,)).fetchone()
    asked = conn.execute(
        "SELECT feeds, occurred_from, reason, after_key FROM revaluation WHERE county_code = %s", (county,)
    ).fetchone()
    if row is None or asked is None:
        return []
    feeds, occurred_from, reason, after = asked
    now = clock_of(conn)
    batch = Batch(conn, now, vault, books.at(conn), Outbox(now), civil_dates={county: row[0]})
    linked, last = stored_facts(batch, county, feeds, occurred_from, after, STEP)
    risks = Risks(batch, cause=reason)
    risks.evaluate(linked)
    risks.reconcile()
    if last is None:
        conn.execute("DELETE FROM revaluation WHERE county_code = %s", (county,))
    else:
        conn.execute("UPDATE revaluation SET after_key = %s WHERE county_code = %s", (last, county))
    return batch.outbox.write(conn)
