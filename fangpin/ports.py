"""What the parts of the web process hand each other, so that none of them imports a sibling."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal, Protocol

from litestar.connection import ASGIConnection

from fangpin.domain.policy import PackBook
from fangpin.settings import Settings
from fangpin.vault import Vault

Role = Literal["department", "village", "township", "county", "analyst", "auditor", "operator"]
AnyConnection = ASGIConnection[Any, Any, Any, Any]
SESSION_COOKIE = "fangpin_session"


@dataclass(frozen=True, slots=True)
class Account:
    """Who asks. `area` is a prefix of village codes (12, 9 or 6 digits); the operator's is empty: every county."""

    kind: Literal["department", "officer"]
    name: str
    role: Role
    county: str
    department: str | None
    area: str

    @property
    def is_department(self) -> bool:
        """Whether this is a department's token, which has no business on an officer's route."""
        return self.role == "department"


class HttpProblem(Exception):
    """An answer that is an error, as problem+json: a stable code, and in Chinese what to do."""

    def __init__(
        self,
        status: int,
        code: str,
        detail: str,
        *,
        headers: Mapping[str, str] | None = None,
        extra: Mapping[str, object] | None = None,
    ) -> None:
        super().__init__(code)
        self.status = status
        self.code = code
        self.detail = detail
        self.headers = dict(headers or {})
        self.extra = dict(extra or {})


class Pool(Protocol):
    """Connections to lend: `with pool.connection() as conn:` commits at the end, rolls back on an exception."""

    def connection(self, timeout: float | None = None) -> Any:
        """A context manager that gives a `fangpin.database.Connection`."""


@dataclass(frozen=True, slots=True)
class WebDependencies:
    """What routes of a sibling need.

    `publish(account, feed slug, raws)` validates, stores a receipt, publishes, and returns the body of the 202.
    `audit(account name, action, object)` writes one line of the audit. `account_of(request)` is the authenticated
    account (401 as `HttpProblem` without one). `login` gives a session token or None; `logout` ends it.
    """

    settings: Settings
    pool: Pool
    vault: Vault
    current_book: Callable[[], PackBook]
    publish: Callable[[Account, str, Sequence[Mapping[str, object]]], dict[str, object]]
    audit: Callable[[str, str, str], None]
    account_of: Callable[[AnyConnection], Account]
    login: Callable[[str, str], str | None]
    logout: Callable[[str], None]

    @property
    def book(self) -> PackBook:
        """The packs by which counties are judged now; another one when a pack has come into force."""
        return self.current_book()

    def publish_one(self, account: Account, slug: str, raw: Mapping[str, object]) -> dict[str, object]:
        """Publish one record that a person filled in. Raises `HttpProblem` 422: what is wrong with it, and where."""
        try:
            return self.publish(account, slug, [raw])
        except HttpProblem as problem:
            rejected = problem.extra.get("rejected")
            if not isinstance(rejected, list) or not rejected:
                raise
            one = rejected[0]
            extra = {**problem.extra, "field": one["field"]}
            raise HttpProblem(422, str(one["code"]), str(one["message"]), extra=extra) from problem


__all__ = ["SESSION_COOKIE", "Account", "AnyConnection", "HttpProblem", "Pool", "Role", "WebDependencies"]
