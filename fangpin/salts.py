"""Salts of the vault's subjects, in PostgreSQL."""

import secrets
from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Any

import psycopg

from fangpin.vault import SALT_BYTES, exceptions_subject, refused_rows_subject


def load_salts(conn: psycopg.Connection[Any], subjects: Iterable[bytes]) -> dict[bytes, bytes]:
    """The salts that exist; a subject without one is missing from the answer: its seals no longer open."""
    rows = conn.execute("SELECT subject, salt FROM vault_salt WHERE subject = ANY(%b)", (list(set(subjects)),))
    return {bytes(subject): bytes(salt) for subject, salt in rows.fetchall()}


REFUSED_ROWS_KEPT = timedelta(days=30)
EXCEPTIONS_KEPT = timedelta(days=731)  # two years


def drop_expired(conn: psycopg.Connection[Any], now: datetime) -> int:
    """Drop the keys of refused rows after 30 days and of raw exceptions after two years; returns how many.

    Without its salt nothing that was sealed under a subject opens again, wherever a copy of it may lie.
    """
    return conn.execute(
        "DELETE FROM vault_salt WHERE subject > 'refused-rows:' AND subject < %s "
        "OR subject > 'exceptions:' AND subject < %s",
        (refused_rows_subject(now - REFUSED_ROWS_KEPT), exceptions_subject(f"{now - EXCEPTIONS_KEPT:%Y-%m}")),
    ).rowcount


def ensure_salts(conn: psycopg.Connection[Any], subjects: Iterable[bytes]) -> dict[bytes, bytes]:
    """The salts of all subjects, made where there are none; safe beside other writers."""
    wanted = set(subjects)
    found = load_salts(conn, wanted)
    new = sorted(wanted - found.keys())
    if new:
        salts = [secrets.token_bytes(SALT_BYTES) for _ in new]
        conn.execute(
            "INSERT INTO vault_salt (subject, salt) SELECT * FROM unnest(%b::bytea[], %b::bytea[]) "
            "ON CONFLICT (subject) DO NOTHING",
            (new, salts),
        )
        found |= load_salts(conn, new)
    return found
