"""The door: who a request comes from, signing in and out, the audit."""

import threading
import time
from datetime import UTC, datetime, timedelta
from urllib.parse import urlsplit

from anyio import to_thread
from litestar.handlers.base import BaseRouteHandler

from fangpin.ports import SESSION_COOKIE, Account, AnyConnection, HttpProblem, Pool
from services.access.asking import VISITING
from services.access.auditing import audit
from services.access.secrets_kept import new_token, password_matches, token_hash

SESSION_HOURS = 12
CACHE_S = 5.0  # how long a revoked department token may still work
MAX_FAILURES = 5
FAILURE_WINDOW_S = 300.0
_SAFE = ("GET", "HEAD", "OPTIONS")
_UNAUTHENTICATED = "没有登录，或令牌无效、已过期。请使用县里发放的令牌，或重新登录。"
_BEARER = "SELECT name, role, county, department FROM token WHERE token_hash = %s"
_SESSION = (
    "SELECT officer.username, role, county, area FROM session JOIN officer USING (username) "
    "WHERE token_hash = %s AND expires_at > now()"
)


class Door:
    """Authenticates by the database; department tokens are remembered for a few seconds."""

    def __init__(self, pool: Pool) -> None:
        self._pool = pool
        self._lock = threading.Lock()
        self._known: dict[bytes, tuple[float, Account]] = {}
        self._failures: dict[str, list[float]] = {}

    def account_of(self, connection: AnyConnection) -> Account:
        """The account of a request, by bearer token or session cookie. Raises 401, or 403 from a foreign page."""
        found = connection.scope.get("user")
        if isinstance(found, Account):
            return found
        bearer = connection.headers.get("authorization")
        if bearer is not None:
            account = self._account(_token(bearer))
        else:
            account = self._account(connection.cookies.get(SESSION_COOKIE, ""))
            if account is not None:
                same_origin(connection)
        if account is None:
            raise HttpProblem(401, "UNAUTHENTICATED", _UNAUTHENTICATED, headers={"WWW-Authenticate": "Bearer"})
        connection.scope["user"] = account
        return account

    async def guard(self, connection: AnyConnection, handler: BaseRouteHandler) -> None:
        """Default deny: every route needs an account unless it says `open=True`."""
        if handler.opt.get("open"):
            return
        bearer = connection.headers.get("authorization")
        if bearer is not None and self._remembered(_token(bearer)) is not None:
            self.account_of(connection)  # no thread is needed to ask the database nothing
        else:
            await to_thread.run_sync(self.account_of, connection)

    def login(self, username: str, password: str) -> str | None:
        """A session's token, or None. An unknown name and a wrong password look and cost the same."""
        self._check_failures(username)
        with self._pool.connection() as conn:
            row = conn.execute("SELECT password_hash FROM officer WHERE username = %s", (_plain(username),)).fetchone()
            if not password_matches(password, bytes(row[0]) if row else None):
                self._failed(username)
                return None
            token = new_token()
            until = datetime.now(UTC) + timedelta(hours=SESSION_HOURS)
            conn.execute("DELETE FROM session WHERE expires_at < now()")
            conn.execute(
                "INSERT INTO session (token_hash, username, expires_at) VALUES (%s, %s, %s)",
                (token_hash(token), username, until),
            )
        with self._lock:
            self._failures.pop(username, None)
        self.audit(username, "login", "")
        return token

    def logout(self, token: str) -> None:
        """End a session; nothing happens when there is none."""
        with self._pool.connection() as conn:
            conn.execute("DELETE FROM session WHERE token_hash = %s", (token_hash(token),))

    def audit(self, actor: str, action: str, target: str) -> None:
        """One line of the audit. `target` is an id, never something personal."""
        with self._pool.connection() as conn:
            audit(conn, actor, action, target)

    def _account(self, token: str) -> Account | None:
        if not token:
            return None
        known = self._remembered(token)
        if known is not None:
            return known
        hashed = token_hash(token)
        with self._pool.connection() as conn:
            row = conn.execute(_BEARER, (hashed,)).fetchone()
            if row is not None:
                name, role, county, department = row
                account = Account("department", name, role, county, "hub" if role == "operator" else department, county)
                self._known[hashed] = (time.monotonic() + CACHE_S, account)
                return account
            row = conn.execute(_SESSION, (hashed,)).fetchone()
        if row is None:
            return None
        username, role, county, area = row
        return Account("officer", username, role, county, role if role in VISITING else None, area)

    def _remembered(self, token: str) -> Account | None:
        known = self._known.get(token_hash(token))
        return known[1] if known is not None and known[0] > time.monotonic() else None

    def _check_failures(self, username: str) -> None:
        now = time.monotonic()
        with self._lock:
            recent = [at for at in self._failures.get(username, ()) if at > now - FAILURE_WINDOW_S]
            if len(self._failures) > 10_000:
                self._failures = {name: ats for name, ats in self._failures.items() if ats[-1] > now - FAILURE_WINDOW_S}
            if len(recent) >= MAX_FAILURES:
                wait = str(int(recent[0] + FAILURE_WINDOW_S - now) + 1)
                raise HttpProblem(
                    429, "LOGIN_LIMITED", "登录失败次数过多，请五分钟后再试。", headers={"Retry-After": wait}
                )

    def _failed(self, username: str) -> None:
        now = time.monotonic()
        with self._lock:
            recent = [at for at in self._failures.get(username, ()) if at > now - FAILURE_WINDOW_S]
            self._failures[username] = [*recent, now][-MAX_FAILURES:]


def _token(bearer: str) -> str:
    """The token of an `Authorization` header; empty when it is of another scheme."""
    scheme, _, token = bearer.partition(" ")
    return token.strip() if scheme.lower() == "bearer" else ""


def _plain(text: str) -> str:
    """A name as PostgreSQL can take it: one with NUL or a lone surrogate is nobody's."""
    return text if "\0" not in text and not any("\ud800" <= one <= "\udfff" for one in text) else ""


def same_origin(connection: AnyConnection) -> None:
    """A cookie proves the browser, not the page: what changes something must come from a page of ours, else 403."""
    if connection.scope.get("method", "GET") in _SAFE:
        return
    site = connection.headers.get("sec-fetch-site")
    origin = connection.headers.get("origin")
    if site is not None:
        # The browser's own word; it gives it to its own machine and over TLS only.
        if site not in ("same-origin", "none"):
            raise _foreign()
        return
    if origin is not None and urlsplit(origin).netloc != connection.headers.get("host"):
        raise _foreign()


def _foreign() -> HttpProblem:
    return HttpProblem(403, "CROSS_SITE", "请求来自其他网站，已拒绝。请从本系统页面操作。")
