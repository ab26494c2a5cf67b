"""Salts of the vault's subjects, in PostgreSQL."""

import secrets
from collections.abc import Iterable
from typing import Any

import psycopg

from fangpin.vault import SALT_BYTES


def load_salts(conn: psycopg.Connection[Any], subjects: Iterable[bytes]) -> dict[bytes, bytes]:
    """The salts that exist; a subject without one is missing from the answer: its seals no longer open."""
    rows = conn.execute("SELECT subject, salt FROM vault_salt WHERE subject = ANY(%s)", (list(set(subjects)),))
    return {bytes(subject): bytes(salt) for subject, salt in rows}


def ensure_salts(conn: psycopg.Connection[Any], subjects: Iterable[bytes]) -> dict[bytes, bytes]:
    """The salts of all subjects, made where there are none; safe beside other writers."""
    wanted = set(subjects)
    found = load_salts(conn, wanted)
    new = sorted(wanted - found.keys())
    if new:
        salts = [secrets.token_bytes(SALT_BYTES) for _ in new]
        conn.execute(
            "INSERT INTO vault_salt (subject, salt) SELECT * FROM unnest(%s::bytea[], %s::bytea[]) "
            "ON CONFLICT (subject) DO NOTHING",
            (new, salts),
        )
        found |= load_salts(conn, new)
    return found
