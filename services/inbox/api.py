"""The JSON API over the read models (DESIGN §8)."""

from datetime import datetime
from typing import Any

import msgspec
from litestar import Request, get, post
from litestar.handlers import HTTPRouteHandler
from litestar.params import FromPath, RawBody

from fangpin.domain.calendar import SHANGHAI
from fangpin.domain.errors import Refused
from fangpin.domain.identity import normalise_id
from fangpin.ports import HttpProblem, WebDependencies
from services.inbox import asking, findings, reading

AnyRequest = Request[Any, Any, Any]
MAX_BODY = 64 * 1024


class Search(msgspec.Struct, forbid_unknown_fields=True):
    """Whom to look for; in the body, never in a URL."""

    name: str | None = None
    id_number: str | None = None


def body_of(raw: bytes) -> dict[str, Any]:
    """The JSON object of a small body."""
    if len(raw) > MAX_BODY:
        raise HttpProblem(413, "BODY_TOO_LARGE", "请求内容太大。")
    try:
        found = msgspec.json.decode(raw)
    except (msgspec.DecodeError, RecursionError, ValueError):
        found = None
    if not isinstance(found, dict):
        raise HttpProblem(400, "JSON_INVALID", "请求内容不是一个JSON对象。")
    return found


def routes(deps: WebDependencies) -> list[HTTPRouteHandler]:
    """Every route of the API, over what the web process hands in."""

    def query_of(request: AnyRequest) -> dict[str, str]:
        found: dict[str, str] = {}
        for name, value in request.query_params.multi_items():
            if name in found:
                raise asking.wrong(name, "参数重复。")
            found[name] = value
        return found

    @get("/api/v1/warnings", sync_to_thread=True)
    def warnings(request: AnyRequest) -> dict[str, Any]:
        account = asking.officers_only(deps.account_of(request))
        query = asking.warnings_query(query_of(request), account, deps.vault.cookie_secret)
        with deps.pool.connection() as conn:
            rows = reading.find_warnings(conn, query)
            items = reading.warning_items(rows[: query.limit], reading.Opener(conn, deps.vault), deps.book)
        cursor = None
        if len(rows) > query.limit:
            last = items[-1]
            after = (last["raised_at"], last["warning_id"])
            cursor = asking.make_cursor(after, deps.vault.cookie_secret, query.fingerprint(account))
        return {"items": items, "next": cursor}

    @get("/api/v1/warnings/{warning:str}", sync_to_thread=True)
    def warning(request: AnyRequest, warning: FromPath[str]) -> dict[str, Any]:
        account = asking.officers_only(deps.account_of(request))
        identity = asking.identity(warning)
        asking.only(query_of(request))
        with deps.pool.connection() as conn:
            row = reading.find_warning(conn, account, identity)
            if row is None:
                raise asking.not_found()
            item = reading.warning_items([row], reading.Opener(conn, deps.vault), deps.book)[0]
        pack = deps.book.packs[row["pack"]]
        return {
            **item,
            "episode": row["episode"],
            "result": row["result"],
            "visited_on": row["visited_on"].isoformat() if row["visited_on"] else None,
            "reason": row["reason"],
            "document_title": pack.document.title,
            "records": [
                {key: one[key] for key in ("record_id", "feed", "source", "occurred_on", "recorded_at")}
                for one in row["evidence"]
            ],
        }

    @post("/api/v1/warnings/{warning:str}/findings", status_code=202, sync_to_thread=True)
    def find(request: AnyRequest, warning: FromPath[str], body: RawBody) -> dict[str, Any]:
        account = asking.persons_only(deps.account_of(request))
        identity = asking.identity(warning)
        with deps.pool.connection() as conn:
            row = reading.find_warning(conn, account, identity)
        if row is None:
            raise asking.not_found()
        return findings.send(deps, account, row, body_of(body))

    @get("/api/v1/households", sync_to_thread=True)
    def households(request: AnyRequest) -> dict[str, Any]:
        account = asking.persons_only(deps.account_of(request))
        query = query_of(request)
        asking.only(query, "household_no")
        number = query.get("household_no")
        if not number or len(number) > asking.MAX_TEXT or "\0" in number:
            raise asking.wrong("household_no", "请给出 household_no。")
        with deps.pool.connection() as conn:
            rows = reading.find_households(conn, account, household_no=number)
            return {"items": _household_items(rows, reading.Opener(conn, deps.vault)), "next": None}

    @post("/api/v1/households/search", status_code=200, sync_to_thread=True)
    def search(request: AnyRequest, body: RawBody) -> dict[str, Any]:
        account = asking.persons_only(deps.account_of(request))
        body_of(body)
        try:
            asked = msgspec.json.decode(body, type=Search)
        except msgspec.ValidationError:
            raise asking.wrong("", "只能给 name 和 id_number，都是文字。") from None
        with deps.pool.connection() as conn:
            rows = search_rows(deps, conn, account, asked.name, asked.id_number)
            return {"items": _household_items(rows, reading.Opener(conn, deps.vault)), "next": None}

    @get("/api/v1/households/{household:str}/history", sync_to_thread=True)
    def history(request: AnyRequest, household: FromPath[str]) -> dict[str, Any]:
        account = asking.persons_only(deps.account_of(request))
        identity = asking.identity(household)
        query = query_of(request)
        asking.only(query, "valid_on", "known_at")
        valid_on, known_at = asking.day(query, "valid_on"), asking.instant(query, "known_at")
        with deps.pool.connection() as conn:
            row = reading.find_household(conn, account, identity)
            if row is None:
                raise asking.not_found()
            events = reading.history(conn, identity, valid_on, known_at, reading.Opener(conn, deps.vault))
        return {"household_id": household, "household_no": row["household_no"], "events": events}

    @get("/api/v1/statistics/warnings", sync_to_thread=True)
    def statistics(request: AnyRequest) -> dict[str, Any]:
        account = asking.officers_only(deps.account_of(request))
        query = query_of(request)
        asking.only(query, "by", "county", "area")
        by = query.get("by")
        if by not in ("area", "risk", "month"):
            raise asking.wrong("by", "by 应为 area、risk 或 month。")
        with deps.pool.connection() as conn:
            return {"items": reading.counts(conn, by, asking.area(query, account, "county", "area"))}

    return [warnings, warning, find, households, search, history, statistics]


def _household_items(rows: list[reading.Item], opener: reading.Opener) -> list[dict[str, Any]]:
    people = reading.members(rows, opener)
    return [
        {
            "household_id": str(row["household_id"]),
            "household_no": row["household_no"],
            "county_code": row["county_code"],
            "village_code": row["village_code"],
            "members": [
                {key: one[key] for key in ("name", "id_number", "relation")} for one in people[row["household_id"]]
            ],
        }
        for row in rows
    ]


def search_rows(
    deps: WebDependencies, conn: Any, account: Any, name: str | None, id_number: str | None
) -> list[reading.Item]:
    """The households of a person by name or number within the account's area; every search is audited, without either."""
    name, id_number = (name or "").strip(), (id_number or "").strip()
    if (not name and not id_number) or len(name) > asking.MAX_TEXT:
        raise asking.wrong("name", "请填写姓名或身份证号。")
    person = None
    if id_number:
        try:
            number, _ = normalise_id(id_number, datetime.now(SHANGHAI).date())
        except Refused as refused:
            raise asking.wrong("id_number", refused.problems[0].message) from None
        person = deps.vault.person_key(number)
    deps.audit(account.name, "search", "name" if not id_number else "id_number")
    return reading.find_households(conn, account, person=person, name=deps.vault.name_key(name) if name else None)
