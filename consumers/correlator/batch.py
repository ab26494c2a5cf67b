"""What the steps of one batch share: the connection, the clock reading, the vault, the salts, the registers."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, datetime
from uuid import UUID

import msgspec

from consumers.correlator.outbox import Outbox
from fangpin.database import Connection
from fangpin.domain.policy import PackBook
from fangpin.domain.register import Register, RegisterState
from fangpin.errors import PoisonError
from fangpin.salts import ensure_salts, load_salts
from fangpin.vault import Vault


def clock_of(conn: Connection) -> datetime:
    """PostgreSQL's clock. Read when the counties are locked: who has a county later records later, on whatever host."""
    row = conn.execute("SELECT clock_timestamp()").fetchone()
    assert row is not None
    found: datetime = row[0]
    return found


class Household(msgspec.Struct, gc=False):
    """A household's row, as the steps need it."""

    household_id: UUID
    county_code: str
    household_no: str
    village_code: str
    active: bool


@dataclass(slots=True)
class Batch:
    """One transaction's worth of work."""

    conn: Connection
    now: datetime
    vault: Vault
    book: PackBook
    outbox: Outbox
    civil_dates: dict[str, date | None] = field(default_factory=dict)
    households: dict[UUID, Household] = field(default_factory=dict)
    registers: dict[UUID, Register] = field(default_factory=dict)
    salts: dict[bytes, bytes] = field(default_factory=dict)

    def need_salts(self, subjects: Iterable[bytes]) -> None:
        """Have the salts of these subjects at hand, making those that are not there."""
        missing = {subject for subject in subjects if subject not in self.salts}
        if missing:
            self.salts |= ensure_salts(self.conn, missing)

    def seal(self, subject: bytes, plaintext: bytes) -> bytes:
        """Seal under a subject whose salt is at hand."""
        return self.vault.seal(subject, self.salts[subject], plaintext)

    def seal_json(self, subject: bytes, value: object) -> bytes:
        """Seal a JSON value under a subject whose salt is at hand."""
        return self.vault.seal_json(subject, self.salts[subject], value)

    def open_json(self, subject: bytes, sealed: bytes) -> dict[str, object]:
        """Open what was sealed under a subject whose salt is at hand."""
        return self.vault.open_json(subject, self.salts[subject], sealed)

    def have_salts(self, subjects: Iterable[bytes]) -> None:
        """Have at hand the salts that exist of these subjects, to open what was stored earlier; none are made."""
        missing = {subject for subject in subjects if subject not in self.salts}
        if missing:
            self.salts |= load_salts(self.conn, missing)

    def open_stored(self, subject: bytes, sealed: bytes) -> dict[str, object] | None:
        """Open what was stored earlier, its salt at hand where there is one. None when its key was shredded: there is
        no salt, or one that was made since.
        """
        if subject not in self.salts:
            return None
        try:
            return self.open_json(subject, sealed)
        except PoisonError:
            return None

    def need_households(self, wanted: Iterable[UUID]) -> None:
        """Have the rows and registers of these households at hand."""
        missing = [one for one in set(wanted) if one not in self.households]
        if not missing:
            return
        rows = self.conn.execute(
            "SELECT household_id, county_code, household_no, village_code, active FROM household "
            "WHERE household_id = ANY(%b)",
            (missing,),
        )
        for row in rows.fetchall():
            self.households[row[0]] = Household(*row)
        states: dict[UUID, list[RegisterState]] = {}
        kept = self.conn.execute(
            "SELECT household_id, state::text FROM register_state WHERE household_id = ANY(%b)", (missing,)
        )
        for household_id, state in kept.fetchall():
            states.setdefault(household_id, []).append(msgspec.json.decode(state, type=RegisterState))
        for household_id in missing:
            if household_id in self.households:
                no = self.households[household_id].household_no
                self.registers[household_id] = Register(no, states.get(household_id, ()))
