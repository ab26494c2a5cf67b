"""Makes the blocks that trials read, behind the events: the clock in its free time, a trial what is left."""

from fangpin.database import Connection
from fangpin.salts import ensure_salts
from fangpin.vault import Vault
from services.sandbox.facts import block_subject, packed, reached, told
from services.sandbox.looking import Report, silent

ROWS = 5_000  # of `outgoing` in one step: a fifth of a second
LEAST = 500  # rows that are worth a block; fewer are opened in no time

_WAITING = (
    "SELECT county_code, county.position - coalesce((SELECT max(upto) FROM trial_block "
    "WHERE trial_block.county_code = county.county_code), 0) AS rows FROM county"
)


def keep(conn: Connection, vault: Vault) -> bool:
    """Make the next block of the county in which most rows wait; whether there were enough of them anywhere.

    Raises `PoisonError` when the vault is not the one that sealed the records.
    """
    most = conn.execute(f"SELECT county_code, rows FROM ({_WAITING}) AS own ORDER BY rows DESC LIMIT 1").fetchone()
    conn.commit()
    if most is None or most[1] < LEAST:
        return False
    _step(conn, vault, most[0])
    return True


def catch_up(conn: Connection, vault: Vault, county: str, report: Report = silent) -> None:
    """Make the blocks that the county lacks; `report` hears of rows done and rows to do. Raises as `keep`."""
    total = done = 0
    while True:
        row = conn.execute(f"{_WAITING} WHERE county_code = %s", (county,)).fetchone()
        conn.commit()
        if row is None or row[1] < LEAST:
            return
        total = max(total, row[1])
        report(done, total)
        _step(conn, vault, county)
        done = min(done + ROWS, total)


def _step(conn: Connection, vault: Vault, county: str) -> None:
    """One step, committed. Whoever drops a salt waits for it, and then takes the new blocks along; so does another maker."""
    with conn.transaction():
        conn.execute("LOCK TABLE trial_block IN SHARE ROW EXCLUSIVE MODE")
        upto, found = told(conn, vault, county, reached(conn, county), ROWS)
        subject = block_subject(county)
        salt = ensure_salts(conn, [subject])[subject]
        rows = [(county, upto, "", 0, b"")]
        for feed, frame in found.items():
            rows.append((county, upto, feed, frame.height, vault.seal(subject, salt, packed(frame))))
        with conn.cursor() as cursor:
            cursor.executemany(
                "INSERT INTO trial_block (county_code, upto, feed, records, sealed) VALUES (%s, %s, %s, %s, %s) "
                "ON CONFLICT DO NOTHING",
                rows,
            )
