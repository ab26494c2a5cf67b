"""The pages: login, inbox, warning, household, search, statistics. In Chinese; live by polling a fragment."""

from datetime import datetime
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlencode, urlsplit
from uuid import UUID

from anyio import to_thread
from jinja2 import Environment, FileSystemLoader, StrictUndefined
from litestar import Request, Response, get, post
from litestar.handlers import HTTPRouteHandler
from litestar.params import FromPath, RawBody
from litestar.response import Redirect

from fangpin.areas import area_name, townships, villages
from fangpin.domain.calendar import SHANGHAI
from fangpin.domain.feeds import DEPARTMENTS, FEEDS
from fangpin.domain.feeds.finding import RESULTS
from fangpin.ports import SESSION_COOKIE, Account, HttpProblem, WebDependencies
from services.inbox import asking, findings, reading
from services.inbox.api import search_rows
from services.inbox.telling import REASONS, STATUS_LABELS, tell

AnyRequest = Request[Any, Any, Any]
HERE = Path(__file__).parent
STATIC = HERE / "static"
OPEN = {"open": True}  # for visitors who have not logged in
RESULT_LABELS = {slug: label for label, slug in RESULTS.items()}
_environment = Environment(
    loader=FileSystemLoader(HERE / "templates"), autoescape=True, undefined=StrictUndefined, trim_blocks=True
)


def page(name: str, status: int = 200, **values: Any) -> Response[str]:
    """A rendered template."""
    defaults = {"account": None, "place": "", "menu": (), "here": "", "fault": None}
    text = _environment.get_template(name).render(**{**defaults, **values})
    return Response(text, media_type="text/html; charset=utf-8", status_code=status)


class Pages:
    """What the page routes share."""

    def __init__(self, deps: WebDependencies) -> None:
        self.deps = deps
        self.county_names = {pack.county_code: pack.county_name for pack in deps.book.packs.values()}
        self.risk_labels = {
            risk: label for pack in deps.book.packs.values() for risk, label in pack.risk_labels.items()
        }

    def frame(self, account: Account, here: str) -> dict[str, Any]:
        """What every page of an account shows around its content."""
        menu = [("/inbox", "预警"), ("/search", "查找"), ("/statistics", "统计")]
        if account.role not in ("village", "township", "county"):
            menu = [("/statistics", "统计")]
        return {"account": account, "place": self.place(account.area), "menu": menu, "here": here}

    def place(self, code: str) -> str:
        """The name of an area."""
        return area_name(code, self.county_names) if code else "全部县"

    def items(self, conn: Any, rows: list[reading.Item], account: Account) -> list[reading.Item]:
        """Warnings as the list shows them, with the head of each household."""
        opener = reading.Opener(conn, self.deps.vault)
        heads = self._heads(conn, {row["household_id"] for row in rows}, opener)
        return [
            {
                **{key: row[key] for key in ("household_no", "household_id", "status", "stock", "evidence")},
                "warning_id": str(row["warning_id"]),
                "since": row["since"].isoformat(),
                "due_on": row["due_on"].isoformat() if row["due_on"] else None,
                "head": heads.get(row["household_id"]),
                "risk_label": self.risk_labels.get(row["risk"], row["risk"]),
                "status_label": STATUS_LABELS[row["status"]],
                "village": self.place(row["village_code"]) if len(account.area) < 12 else "",
            }
            for row in rows
        ]

    def _heads(self, conn: Any, households: set[UUID], opener: reading.Opener) -> dict[UUID, str | None]:
        rows = conn.execute(
            "SELECT household_id, data FROM inbox_household WHERE household_id = ANY(%s)", (list(households),)
        )
        found = [{"household_id": row[0], "data": {"members": row[1]["members"][:1]}} for row in rows]
        return {key: people[0]["name"] if people else None for key, people in reading.members(found, opener).items()}

    def cards(self, row: reading.Item, opener: reading.Opener) -> list[dict[str, Any]]:
        """A clause card for each rule that a piece of evidence met."""
        found = {
            (one["record_id"], one["id"]): one
            for one in reading.warning_items([row], opener, self.deps.book)[0]["rules"]
        }
        cards = []
        for one in row["evidence"]:
            for met in one["rules"]:
                rule = self.deps.book.rule(met["pack"], met["id"])
                item = found[one["record_id"], met["id"]]
                cards.append(
                    {
                        **item,
                        "sentence": rule.sentence,
                        "title": self.deps.book.packs[met["pack"]].document.title,
                        "unknown": rule.unknown,
                        "feed": FEEDS[one["feed"]].title,
                        "department": DEPARTMENTS.get(one["source"], one["source"]),
                        "occurred_on": one["occurred_on"],
                        "recorded_at": datetime.fromisoformat(one["recorded_at"])
                        .astimezone(SHANGHAI)
                        .strftime("%Y-%m-%d %H:%M"),
                        "met_on": met["met_on"],
                    }
                )
        return cards

    def timeline(self, conn: Any, household: UUID, opener: reading.Opener) -> list[dict[str, Any]]:
        """A household's history in sentences, the latest first."""
        events = reading.history(conn, household, None, None, opener)
        return [
            {**event, "text": text} for event in reversed(events) if (text := tell(event, self.risk_labels)) is not None
        ]

    def areas(self, account: Account) -> dict[str, str]:
        """The areas below the account's, to filter by."""
        county = account.area[:6]
        if len(account.area) == 6:
            return dict(townships(county))
        if len(account.area) == 9:
            return {code: village.name for code, village in villages(county).items() if code.startswith(account.area)}
        return {}


def form_of(request: AnyRequest, body: bytes) -> dict[str, str]:
    """The fields of a form that came from one of our own pages."""
    origin, site = request.headers.get("origin"), request.headers.get("sec-fetch-site")
    foreign = origin not in (None, "null") and urlsplit(origin or "").netloc != request.headers.get("host")
    if foreign or site not in (None, "same-origin", "none"):
        raise HttpProblem(403, "CSRF", "请从本系统的页面提交。")
    if len(body) > 64 * 1024:
        raise HttpProblem(413, "BODY_TOO_LARGE", "提交的内容太大。")
    try:
        fields = parse_qs(body.decode("utf-8"), keep_blank_values=True, max_num_fields=20)
    except (UnicodeDecodeError, ValueError):
        raise HttpProblem(400, "FORM_INVALID", "提交的内容无法读取。") from None
    return {name: values[-1] for name, values in fields.items()}


def routes(deps: WebDependencies) -> list[HTTPRouteHandler]:
    """Every page.

    Where a path has two methods the handlers are coroutines: Litestar registers such a pair twice, and wraps a sync
    handler once too often.
    """
    pages = Pages(deps)

    def visitor(request: AnyRequest) -> Account | None:
        try:
            account = deps.account_of(request)
        except HttpProblem:
            return None
        return None if account.is_department else account

    def to_login() -> Redirect:
        return Redirect("/login", status_code=303)

    @get("/", opt=OPEN, sync_to_thread=True)
    def home(request: AnyRequest) -> Redirect:
        account = visitor(request)
        if account is None:
            return to_login()
        sees_people = account.role in ("village", "township", "county")
        return Redirect("/inbox" if sees_people else "/statistics", status_code=303)

    @get("/login", opt=OPEN)
    async def login_page() -> Response[str]:
        return page("login.html")

    @post("/login", opt=OPEN)
    async def login(request: AnyRequest, body: RawBody) -> Response[Any]:
        return await to_thread.run_sync(log_in, request, body)

    def log_in(request: AnyRequest, body: bytes) -> Response[Any]:
        form = form_of(request, body)
        token = deps.login(form.get("username", ""), form.get("password", ""))
        if token is None:
            return page("login.html", 401, fault="用户名或密码不对，或尝试次数过多，请稍后再试。")
        answer: Response[Any] = Redirect("/", status_code=303)
        answer.set_cookie(key=SESSION_COOKIE, value=token, httponly=True, samesite="strict", path="/")
        return answer

    @post("/logout", opt=OPEN, sync_to_thread=True)
    def logout(request: AnyRequest, body: RawBody) -> Response[Any]:
        form_of(request, body)
        token = request.cookies.get(SESSION_COOKIE)
        if token:
            deps.logout(token)
        answer: Response[Any] = Redirect("/login", status_code=303)
        answer.delete_cookie(SESSION_COOKIE, path="/")
        return answer

    def listing(request: AnyRequest, account: Account) -> dict[str, Any]:
        given: dict[str, str] = {name: str(value) for name, value in request.query_params.items() if value}
        query = asking.warnings_query(given, account, deps.vault.cookie_secret)
        with deps.pool.connection() as conn:
            rows = reading.find_warnings(conn, query)
            items = pages.items(conn, rows[: query.limit], account)
            by_risk = reading.counts(conn, "risk", query.area)
        more = None
        if len(rows) > query.limit:
            last = rows[query.limit - 1]
            after = (last["raised_at"].isoformat(), str(last["warning_id"]))
            cursor = asking.make_cursor(after, deps.vault.cookie_secret, query.fingerprint(account))
            more = "/inbox?" + urlencode({**given, "cursor": cursor})
        totals = {"未办结": sum(one["open"] for one in by_risk), "合计": sum(one["total"] for one in by_risk)}
        totals |= {str(pages.risk_labels.get(one["key"], one["key"])): one["open"] for one in by_risk}
        asked: dict[str, str | None] = {name: given.get(name) for name in ("risk", "status", "area")}
        text = "?" + urlencode(given) if given else ""
        return {"items": items, "more": more, "totals": totals, "asked": asked, "query": text}

    @get("/inbox", sync_to_thread=True)
    def inbox(request: AnyRequest) -> Response[Any]:
        account = visitor(request)
        if account is None:
            return to_login()
        asking.persons_only(account)
        return page(
            "inbox.html",
            **pages.frame(account, "/inbox"),
            **listing(request, account),
            risks=pages.risk_labels,
            statuses=STATUS_LABELS,
            areas=pages.areas(account),
        )

    @get("/inbox/list", sync_to_thread=True)
    def inbox_list(request: AnyRequest) -> Response[Any]:
        return page("list.html", **listing(request, asking.persons_only(deps.account_of(request))))

    def show_warning(account: Account, warning: str, status: int = 200, **more: Any) -> Response[Any]:
        identity = asking.identity(warning)
        with deps.pool.connection() as conn:
            row = reading.find_warning(conn, account, identity)
            if row is None:
                raise asking.not_found()
            opener = reading.Opener(conn, deps.vault)
            household = reading.find_household(conn, account, row["household_id"])
            assert household is not None  # written by the same fold
            one = pages.items(conn, [row], account)[0]
            one |= {
                "village": pages.place(row["village_code"]),
                "reason": row["reason"],
                "reason_label": REASONS.get(row["reason"], row["reason"]),
                "result_label": RESULT_LABELS.get(row["result"]),
                "visited_on": row["visited_on"],
                "found_by": row["found_by"],
            }
            values = {
                "cards": pages.cards(row, opener),
                "timeline": pages.timeline(conn, row["household_id"], opener),
                "members": reading.members([household], opener)[household["household_id"]],
            }
        return page(
            "warning.html",
            status,
            **pages.frame(account, "/inbox"),
            **values,
            **{"saved": None, **more},
            one=one,
            results=RESULT_LABELS,
            today=datetime.now(SHANGHAI).date().isoformat(),
        )

    @get("/warnings/{warning:str}", sync_to_thread=True)
    def warning_page(request: AnyRequest, warning: FromPath[str]) -> Response[Any]:
        account = visitor(request)
        if account is None:
            return to_login()
        return show_warning(asking.persons_only(account), warning, saved=request.query_params.get("saved"))

    @get("/warnings/{warning:str}/state", sync_to_thread=True)
    def state(request: AnyRequest, warning: FromPath[str]) -> Response[Any]:
        """Polled after a finding was saved: reload the page once the read model has it."""
        account = asking.persons_only(deps.account_of(request))
        identity = asking.identity(warning)
        receipt = request.query_params.get("after", "")
        with deps.pool.connection() as conn:
            if reading.find_warning(conn, account, identity) is None:
                raise asking.not_found()
            seen = conn.execute(
                "SELECT 1 FROM inbox_warning w JOIN household_history h ON h.household_id = w.household_id "
                "JOIN signal s ON s.receipt_id = %s AND s.record_id = h.data->>'record_id' "
                "WHERE w.warning_id = %s AND h.type = 'FindingRecorded'",
                (asking.identity(receipt), identity),
            ).fetchone()
        if seen is not None:
            return Response("", headers={"HX-Location": f"/warnings/{identity}"}, media_type="text/html")
        return Response(status_code=204, content=None, headers={"HX-Trigger-After-Settle": "again"})

    @post("/warnings/{warning:str}/findings", sync_to_thread=True)
    def find(request: AnyRequest, warning: FromPath[str], body: RawBody) -> Response[Any]:
        account = visitor(request)
        if account is None:
            return to_login()
        asking.persons_only(account)
        form = form_of(request, body)
        identity = asking.identity(warning)
        with deps.pool.connection() as conn:
            row = reading.find_warning(conn, account, identity)
        if row is None:
            raise asking.not_found()
        try:
            receipt = findings.send(deps, account, row, form)
        except HttpProblem as problem:
            return show_warning(account, warning, problem.status, fault=problem.detail)
        return Redirect(f"/warnings/{identity}?saved={receipt['receipt_id']}", status_code=303)

    @get("/households/{household:str}", sync_to_thread=True)
    def household_page(request: AnyRequest, household: FromPath[str]) -> Response[Any]:
        account = visitor(request)
        if account is None:
            return to_login()
        asking.persons_only(account)
        identity = asking.identity(household)
        with deps.pool.connection() as conn:
            row = reading.find_household(conn, account, identity)
            if row is None:
                raise asking.not_found()
            opener = reading.Opener(conn, deps.vault)
            return page(
                "household.html",
                **pages.frame(account, "/search"),
                household_no=row["household_no"],
                village=pages.place(row["village_code"]),
                members=reading.members([row], opener)[identity],
                timeline=pages.timeline(conn, identity, opener),
            )

    @get("/search")
    async def search_page(request: AnyRequest) -> Response[Any]:
        return await to_thread.run_sync(empty_search, request)

    def empty_search(request: AnyRequest) -> Response[Any]:
        account = visitor(request)
        if account is None:
            return to_login()
        asking.persons_only(account)
        return page("search.html", **pages.frame(account, "/search"), found=None)

    @post("/search", status_code=200)
    async def search(request: AnyRequest, body: RawBody) -> Response[Any]:
        return await to_thread.run_sync(look_for, request, body)

    def look_for(request: AnyRequest, body: bytes) -> Response[Any]:
        account = visitor(request)
        if account is None:
            return to_login()
        asking.persons_only(account)
        form = form_of(request, body)
        try:
            with deps.pool.connection() as conn:
                number = form.get("household_no", "").strip()
                if number:
                    rows = reading.find_households(conn, account, household_no=number)
                else:
                    rows = search_rows(deps, conn, account, form.get("name"), form.get("id_number"))
                people = reading.members(rows, reading.Opener(conn, deps.vault))
        except HttpProblem as problem:
            return (
                page("search.html", problem.status, **pages.frame(account, "/search"), found=None)
                if not problem.detail
                else page(
                    "search.html",
                    problem.status,
                    **{**pages.frame(account, "/search"), "fault": problem.detail},
                    found=None,
                )
            )
        found = [
            {
                "household_id": str(row["household_id"]),
                "household_no": row["household_no"],
                "village": pages.place(row["village_code"]),
                "members": people[row["household_id"]],
            }
            for row in rows
        ]
        return page("search.html", **pages.frame(account, "/search"), found=found)

    @get("/statistics", sync_to_thread=True)
    def statistics(request: AnyRequest) -> Response[Any]:
        account = visitor(request)
        if account is None:
            return to_login()
        tables = []
        with deps.pool.connection() as conn:
            for by, title, column in (
                ("risk", "按风险", "风险"),
                ("area", "按区域", "区域"),
                ("month", "按月份", "月份"),
            ):
                rows = reading.counts(conn, by, account.area)
                for row in rows:
                    key = row["key"]
                    row["label"] = (
                        pages.risk_labels.get(key, key) if by == "risk" else pages.place(key) if by == "area" else key
                    )
                most = max((row["total"] for row in rows), default=1)
                tables.append({"title": title, "column": column, "rows": rows, "most": most})
        return page("statistics.html", **pages.frame(account, "/statistics"), tables=tables)

    return [
        home, login_page, login, logout, inbox, inbox_list, warning_page, state, find, household_page, search_page, search,
        statistics,
    ]  # fmt: skip
