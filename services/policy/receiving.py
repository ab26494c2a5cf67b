"""The assistance that the hub knows of a household: its own, and that of everyone who was ever its member."""

from uuid import UUID

from fangpin.database import Connection
from fangpin.domain.assistance import AID_FEEDS, Aid, aid_of
from fangpin.domain.feeds import FEEDS
from fangpin.domain.records import read_content
from fangpin.domain.register import Register
from fangpin.salts import load_salts
from fangpin.vault import Vault


def received(conn: Connection, vault: Vault, household: UUID, register: Register) -> list[Aid]:
    """As the correlator is told it (`consumers/correlator/aid.py`); a record whose key is gone says nothing."""
    persons = {member.person for state in register.states for member in state.members}
    rows = conn.execute(
        "SELECT feed, person_key, household_id, notes, seal_subject, sealed, occurred_on FROM signal "
        "WHERE feed = ANY(%(feeds)s) AND is_current AND NOT withdrawn "
        "AND (household_id = %(household)s OR person_key = ANY(%(persons)s)) "
        "AND county_code = (SELECT county_code FROM household WHERE household_id = %(household)s)",
        {
            "feeds": list(AID_FEEDS),
            "household": household,
            "persons": [bytes.fromhex(one) for one in sorted(persons)],
        },
    ).fetchall()
    salts = load_salts(conn, {bytes(row[4]) for row in rows})
    found = []
    for feed, person, matched_to, notes, subject, sealed, first in rows:
        salt = salts.get(bytes(subject))
        if salt is None:
            continue
        fields = read_content(FEEDS[feed], vault.open_json(bytes(subject), salt, bytes(sealed)))
        whom = bytes(person).hex() if person is not None else None
        one = aid_of(fields, first, whom, matched=matched_to is not None, notes=notes)
        if one.person is not None or matched_to == household:
            found.append(one)
    return found
