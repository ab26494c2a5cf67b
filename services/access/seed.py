"""The accounts that `fangpin up` makes, and the file in which their secrets are handed over."""

import json
import os
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from fangpin.database import Connection
from fangpin.domain.feeds import DEPARTMENTS, LOCAL_DEPARTMENTS
from services.access.secrets_kept import new_password, new_token, password_hash, token_hash

CREDENTIALS = "credentials.json"
NO_TOKEN = {"hub", "county", *LOCAL_DEPARTMENTS}  # the hub needs none; the others sign in as officers
VILLAGE_OFFICERS = 2


def seed_accounts(
    conn: Connection,
    counties: Mapping[str, Sequence[str]],
    data_dir: Path,
    *,
    url: str,
    kafka: str,
    database: str,
) -> dict[str, Any]:
    """Make every account of the counties (county code → village codes) that is not there yet, and write the file.

    Secrets are read again from `data_dir`, so they survive restarts; the database holds hashes only. Commits before
    it writes: a password that the file lacks is made anew. Returns what the file holds.
    """
    path = data_dir / CREDENTIALS
    kept = _read(path)
    old_tokens = {_name(one): one["token"] for one in kept["tokens"]}
    old_passwords = {one["username"]: one["password"] for one in kept["officers"]}
    tokens = [{**one, "token": old_tokens.get(_name(one)) or new_token()} for one in _tokens(counties)]
    officers = [
        {**one, "password": old_passwords.get(one["username"]) or new_password()} for one in _officers(counties)
    ]
    _store_tokens(conn, tokens)
    _store_officers(conn, officers, fresh={one["username"] for one in officers} - old_passwords.keys())
    conn.commit()
    body = {"url": url, "kafka": kafka, "database": database, "tokens": tokens, "officers": officers}
    write_credentials(path, body)
    return body


def write_credentials(path: Path, body: Mapping[str, Any]) -> None:
    """Write the file anew, readable by its owner only, in one step: a reader sees the old one or the new one."""
    partial = path.with_suffix(".partial")
    partial.unlink(missing_ok=True)
    descriptor = os.open(partial, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "w", encoding="utf-8") as file:
        json.dump(body, file, ensure_ascii=False, indent=1)
        file.write("\n")
        file.flush()
        os.fsync(file.fileno())
    partial.replace(path)


def _read(path: Path) -> dict[str, list[dict[str, str]]]:
    try:
        found: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        return {"tokens": [], "officers": []}
    return {"tokens": found["tokens"], "officers": found["officers"]}


def _name(token: Mapping[str, str]) -> tuple[str, str]:
    return token.get("county", ""), token.get("department") or token["role"]


def _tokens(counties: Mapping[str, Sequence[str]]) -> list[dict[str, str]]:
    found: list[dict[str, str]] = []
    for county in counties:
        found.extend({"county": county, "department": slug} for slug in DEPARTMENTS if slug not in NO_TOKEN)
        found.append({"county": county, "role": "analyst"})
    found.append({"role": "operator"})
    return found


def _officers(counties: Mapping[str, Sequence[str]]) -> list[dict[str, str]]:
    found: list[dict[str, str]] = []
    for county, villages in counties.items():
        for number, village in enumerate(villages[:VILLAGE_OFFICERS], 1):
            found.append({"username": f"village-{county}-{number}", "role": "village", "area": village})
        if villages:
            found.append({"username": f"township-{county}", "role": "township", "area": villages[0][:9]})
        found.extend(
            {"username": f"{role}-{county}", "role": role, "area": county} for role in ("county", "analyst", "auditor")
        )
    return found


def _store_tokens(conn: Connection, tokens: Sequence[Mapping[str, str]]) -> None:
    rows = [
        (
            token_hash(one["token"]),
            one.get("department") or one["role"],
            "department" if "department" in one else one["role"],
            one.get("county", ""),
            one.get("department"),
        )
        for one in tokens
    ]
    conn.execute(  # those that an operator made have names of their own (`services.access.tokens`)
        "DELETE FROM token WHERE NOT token_hash = ANY(%s) AND name = coalesce(department, role)",
        ([row[0] for row in rows],),
    )
    with conn.cursor() as cursor:
        cursor.executemany(
            "INSERT INTO token (token_hash, name, role, county, department) VALUES (%s, %s, %s, %s, %s) "
            "ON CONFLICT DO NOTHING",
            rows,
        )


def _store_officers(conn: Connection, officers: Sequence[Mapping[str, str]], fresh: set[str]) -> None:
    """A password read from the file is in the database already, unless its row is missing; hashing is slow."""
    there = {username for (username,) in conn.execute("SELECT username FROM officer")}
    for one in officers:
        username = one["username"]
        if username in there and username not in fresh:
            conn.execute(
                "UPDATE officer SET role = %s, area = %s WHERE username = %s", (one["role"], one["area"], username)
            )
            continue
        conn.execute(
            "INSERT INTO officer (username, password_hash, role, county, area) VALUES (%s, %s, %s, %s, %s) "
            "ON CONFLICT (username) DO UPDATE SET password_hash = excluded.password_hash, role = excluded.role, "
            "area = excluded.area",
            (username, password_hash(one["password"]), one["role"], one["area"][:6], one["area"]),
        )
