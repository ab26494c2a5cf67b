"""A draft pack tried on the county's real history, as a page and a workbook. Nothing is stored, nothing live changes."""

import io
import threading
from datetime import date
from typing import Any

from anyio import to_thread
from litestar import Request, Response, get, post
from litestar.handlers import HTTPRouteHandler

from fangpin.bodies import query_of
from fangpin.domain.policy import Pack, PackError
from fangpin.policies import pack_of_text
from fangpin.ports import Account, HttpProblem
from services.access import asking
from services.frame.rendering import Frame
from services.policy.access import county_of, trying
from services.policy.pages import MAX_UPLOAD, uploaded
from services.sandbox import workbook
from services.sandbox.replaying import Outcome
from services.sandbox.telling import (
    CHANGE_COLUMNS,
    LABELS,
    LOAD_COLUMNS,
    VILLAGE_COLUMNS,
    about,
    change_rows,
    load_rows,
    sheets,
    village_rows,
)
from services.sandbox.trying import try_out

AnyRequest = Request[Any, Any, Any]
HERE = "/policies"
WHERE = "/policies/sandbox"
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
SUMMARY = LABELS.keys() - {"records_per_second"}  # of the summary what is for officers
SHOWN = 300  # lines of a table on the page; the workbook has all


def sandbox_pages(frame: Frame) -> list[HTTPRouteHandler]:
    """The routes. One trial at a time in this process: it keeps a core busy."""
    deps = frame.deps
    busy = threading.Lock()

    @get(WHERE, sync_to_thread=True)
    def ask(request: AnyRequest) -> Response[str]:
        query_of(request)
        return page(trying(deps.account_of(request)))

    @post(WHERE, status_code=200, request_max_body_size=MAX_UPLOAD)
    async def send(request: AnyRequest) -> Response[Any]:
        account = await to_thread.run_sync(lambda: trying(deps.account_of(request)))
        content, form = await uploaded(request)
        return await to_thread.run_sync(answer, account, content, form)

    def answer(account: Account, content: str, form: dict[str, str]) -> Response[Any]:
        try:
            pack, day, outcome = tried(account, content, form.get("on", ""))
        except HttpProblem as problem:
            return page(account, status=problem.status, fault=problem.detail, on=form.get("on", ""))
        deps.audit(account.name, "policy-tried", pack.id)
        if form.get("as") == "xlsx":
            file = io.BytesIO()
            workbook.write(file, sheets(pack, day, outcome, households=asking.sees_people(account)))
            headers = {"Content-Disposition": f'attachment; filename="sandbox-{account.county}.xlsx"'}
            return Response(file.getvalue(), media_type=XLSX, headers=headers)
        return page(account, pack=pack, day=day, outcome=outcome, on=form.get("on", ""))

    def tried(account: Account, content: str, on: str) -> tuple[Pack, date, Outcome]:
        """Raises `HttpProblem`: what cannot be used, a neighbour's pack, another trial under way."""
        try:
            given = date.fromisoformat(on) if on else None
        except ValueError:
            raise asking.wrong("on", "截至日期应写成 2021-11-01 这样的日期。") from None
        if not busy.acquire(blocking=False):
            raise HttpProblem(429, "BUSY", "另一项推演正在进行，请稍后再试。", headers={"Retry-After": "10"})
        try:
            pack = pack_of_text(content, "政策包")
            county_of(account, pack.county_code)
            return pack, *try_out(deps.settings.database_url, deps.vault, pack, given)
        except PackError as error:
            raise asking.wrong("pack", f"草案不能使用：{error}。请修改后再试。") from error
        finally:
            busy.release()

    def page(
        account: Account,
        *,
        pack: Pack | None = None,
        day: date | None = None,
        outcome: Outcome | None = None,
        on: str = "",
        status: int = 200,
        fault: str | None = None,
    ) -> Response[str]:
        summary, tables = [], []
        if pack is not None and day is not None and outcome is not None:
            summary = [(LABELS[name], value) for name, value in about(pack, day, outcome).items() if name in SUMMARY]
            own: tuple[tuple[str, ...], list[tuple[workbook.Cell, ...]]] = (CHANGE_COLUMNS, change_rows(pack, outcome))
            if not asking.sees_people(account):
                own = (VILLAGE_COLUMNS, village_rows(pack, outcome))
            tables = [
                {"title": title, "columns": columns, "rows": rows[:SHOWN], "more": len(rows) - SHOWN}
                for title, (columns, rows) in (
                    ("新增与消失", own),
                    ("每村每月工作量", (LOAD_COLUMNS, load_rows(outcome))),
                )
            ]
        return frame.page(
            "sandbox.html", account, HERE, status=status, summary=summary, tables=tables, on=on, fault=fault
        )

    return [ask, send]
