"""The audit: who did what to which thing."""

from fangpin.database import Connection


def audit(conn: Connection, actor: str, action: str, target: str) -> None:
    """One line, in the transaction of `conn`. `target` is an id, never something personal."""
    conn.execute("INSERT INTO audit (actor, action, object) VALUES (%s, %s, %s)", (actor, action, target))
