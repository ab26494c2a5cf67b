"""A draft tried on the history of its county as it stands: what the command line and the page ask for."""

from datetime import date, datetime

from fangpin import database
from fangpin.active_policies import ActiveBooks
from fangpin.database import Connection
from fangpin.domain.calendar import SHANGHAI
from fangpin.domain.policy import Pack, PackBook
from fangpin.domain.policy.trial import with_draft
from fangpin.policies import own_packs
from fangpin.vault import Vault
from services.sandbox.keeping import catch_up
from services.sandbox.looking import Report, silent
from services.sandbox.replaying import Outcome, replay
from services.sandbox.snapshot import snapshot


def try_out(url: str, vault: Vault, draft: Pack, on: date | None, report: Report = silent) -> tuple[date, Outcome]:
    """The comparison, and the day as of which it was made: `on`, else the county's civil date, else today.

    Raises `PackError` when the draft cannot stand among the county's packs, `PoisonError` when the vault is not the one
    that sealed the records, `TransientError`.
    """
    county = draft.county_code
    with database.connect(url) as conn:
        catch_up(conn, vault, county, report)
    with snapshot(url) as snap:
        day = on or _civil_date(snap.conn, county) or datetime.now(SHANGHAI).date()
        in_force = ActiveBooks(PackBook(own_packs())).at(snap.conn).of(county)
        books = PackBook(in_force), PackBook(with_draft(in_force, draft))
        return day, replay(snap, vault, *books, county, day, report)


def _civil_date(conn: Connection, county: str) -> date | None:
    """None before the county's first clock record."""
    row = conn.execute("SELECT civil_date FROM county WHERE county_code = %s", (county,)).fetchone()
    return row[0] if row is not None else None
