"""The audit: who did what to which thing."""

from fangpin.database import Connection


def audit(conn: Connection, actor: str, action: str, *targets: str) -> None:
    """A line a target, in the transaction of `conn`. A target is an id, never something personal."""
    conn.execute(
        "INSERT INTO audit (actor, action, object) SELECT %s, %s, unnest(%s::text[])", (actor, action, list(targets))
    )
