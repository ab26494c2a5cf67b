"""The book by which counties are judged now: the hub's own packs, and those that were proposed, approved and came into force.

What is in force is the rows of `policy_pack`, which the correlator writes under the county's lock: every process whose
book follows from them has the same one.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from hashlib import sha256
from uuid import UUID

from fangpin.database import Connection
from fangpin.domain.policy import Pack, PackBook, PackError
from fangpin.domain.policy.proving import table_fault
from fangpin.domain.policy.succession import book_of
from fangpin.policies import cases_of_text, load_specimens, pack_of_text, pack_once_proved


def digest_of(from_on: date, content: str) -> str:
    """What an approval is given to: the date and the very text."""
    return sha256(f"{from_on.isoformat()}\n{content}".encode()).hexdigest()


@dataclass(slots=True)
class Proposal:
    """A row of `policy_pack`: a proposal as it stands."""

    proposal_key: UUID
    county_code: str
    record_id: str
    revision: int
    pack_id: str
    from_on: date
    content: str
    digest: str
    reason: str
    proposed_by: str
    proposed_at: object
    withdrawn: bool
    approval_key: UUID | None = None
    approved_by: str | None = None
    approved_on: date | None = None
    approved_digest: str | None = None
    in_force: bool = False
    in_force_at: object = None

    @property
    def approved(self) -> bool:
        """Whether somebody else approved exactly what stands."""
        return not self.withdrawn and self.approval_key is not None and self.approved_digest == self.digest


COLUMNS = tuple(Proposal.__slots__)


def proposals(conn: Connection, counties: Iterable[str]) -> list[Proposal]:
    """Every proposal of these counties, in the order in which they take effect."""
    rows = conn.execute(
        f"SELECT {', '.join(COLUMNS)} FROM policy_pack WHERE county_code = ANY(%s) ORDER BY from_on, proposal_key",
        (list(counties),),
    )
    return [Proposal(*row) for row in rows]


def pack_of(one: Proposal) -> Pack:
    """The pack of a proposal. Raises `PackError`."""
    return proved(one.content, one.pack_id, one.county_code, one.from_on)


def proved(content: str, pack_id: str, county_code: str, from_on: date) -> Pack:
    """The proposed pack, if it may be used as it says. Raises `PackError`."""
    pack = pack_of_text(content, pack_id)
    for own, asked, name in ((pack.id, pack_id, "id"), (pack.county_code, county_code, "county_code")):
        if own != asked:
            raise PackError(f"{pack_id}：{name} 在内容里是 {own}，在提案里是 {asked}")
    if from_on < pack.valid_from:
        raise PackError(f"{pack_id}：提案从 {from_on} 起执行，早于它自己的 valid_from {pack.valid_from}")
    return pack


def fault_of(new: Proposal, others: Iterable[Proposal], base: Iterable[Pack]) -> str | None:
    """Why a proposed pack cannot be used, beside the hub's own and those that are approved; in Chinese, what to do."""
    try:
        pack = proved(new.content, new.pack_id, new.county_code, new.from_on)
        beside = [one for one in others if one.approved and one.county_code == new.county_code]
        in_order = sorted([*beside, new], key=lambda one: (one.from_on, one.proposal_key))
        own = [one for one in base if one.county_code == new.county_code]
        book_of(own, [pack if one is new else pack_of(one) for one in in_order])
    except PackError as error:
        return f"政策包不能使用：{error}。请修改后重新提出。"
    return None


def case_fault_of(new: Proposal, cases: str, base: Iterable[Pack]) -> str | None:
    """Why its boundary table does not prove a proposed pack that may be used, beside the hub's own; in Chinese, what to do."""
    try:
        pack, table = pack_of(new), cases_of_text(cases, "边界案例表")
        book = book_of([one for one in base if one.county_code == new.county_code], [pack])
    except PackError as error:
        return f"边界案例表不能使用：{error}。请修改后重新提出。"
    return table_fault(pack, table, book, load_specimens())


class ActiveBooks:
    """The hub's own packs and, read anew at every asking, which others are in force."""

    def __init__(self, base: PackBook) -> None:
        self.base: Sequence[Pack] = tuple(base.packs.values())
        self._held: tuple[tuple[UUID, str], ...] = ()
        self.book = base
        self._changed = False
        self._packs: dict[tuple[UUID, str], Pack] = {}

    def at(self, conn: Connection) -> PackBook:
        """The book as the transaction sees it. Of a county whose lock is held it cannot change meanwhile."""
        rows = conn.execute(
            "SELECT proposal_key, digest FROM policy_pack WHERE in_force ORDER BY from_on, proposal_key"
        ).fetchall()
        held = tuple((key, digest) for key, digest in rows)
        if held != self._held:
            self.book = book_of(self.base, self._load(conn, held))
            self._held = held
            self._changed = True
        return self.book

    def changed(self) -> bool:
        """Whether the book became another since this was last asked."""
        found, self._changed = self._changed, False
        return found

    def _load(self, conn: Connection, held: Sequence[tuple[UUID, str]]) -> list[Pack]:
        missing = [key for key, digest in held if (key, digest) not in self._packs]
        rows = conn.execute(
            f"SELECT {', '.join(COLUMNS)} FROM policy_pack WHERE proposal_key = ANY(%s)", (missing,)
        ).fetchall()
        for row in rows:
            one = Proposal(*row)
            self._packs[one.proposal_key, one.digest] = pack_once_proved(one.content, one.pack_id)
        ids = {pack.id for pack in self.base}  # a release may have taken a county's pack over
        return [pack for key in held if (pack := self._packs[key]).id not in ids]
