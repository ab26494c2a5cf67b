"""The intake's routes under `/api/v1`."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from litestar import Request, Response, get, post
from litestar.datastructures import UploadFile
from litestar.handlers import HTTPRouteHandler
from litestar.params import FromPath, RawBody

from fangpin import bodies
from fangpin.domain.feeds import FEEDS, Feed
from fangpin.ports import Account, HttpProblem, Pool
from fangpin.strict_json import Unreadable, decode_lines
from fangpin.vault import Vault
from services.access.door import Door
from services.intake.area import check_area
from services.intake.files import MAX_FILE_BYTES, judge_file
from services.intake.judging import Verdicts, hub_filled, judge_all
from services.intake.publication import Publisher
from services.intake.receipts import PAGE, read_receipt
from services.intake.refused_rows import annotated, read_refused
from services.intake.scope import check_county, feed_for, without_feed
from services.intake.template import template
from services.intake.turnstile import Turnstile

MAX_JSON_BYTES = 32 * 1024 * 1024
_XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
AnyRequest = Request[Any, Any, Any]


@dataclass(frozen=True, slots=True)
class Intake:
    """Takes records by every way that is not Kafka itself."""

    pool: Pool
    vault: Vault
    publisher: Publisher

    def take(
        self, account: Account, feed: Feed, raws: Sequence[object], *, baseline: bool = False
    ) -> dict[str, object]:
        """Judge and publish records as JSON holds them; the body of the 202."""
        raws = without_feed(feed, raws)
        objects = [raw for raw in raws if isinstance(raw, Mapping)]
        check_county(account, (raw.get("county_code") for raw in objects))
        check_area(account, feed, objects, self.pool, self.vault)
        filled = hub_filled(feed, account)
        if filled:
            raws = [{**raw, **filled} if isinstance(raw, Mapping) else raw for raw in raws]
        verdicts = judge_all(feed, _department(account, feed), raws, datetime.now(UTC))
        return self.publisher.publish(account, feed, verdicts, baseline=baseline)

    def take_from_page(self, account: Account, slug: str, raws: Sequence[Mapping[str, object]]) -> dict[str, object]:
        """What a page or a route of a sibling sends for an officer, who was checked there (findings: as `village`)."""
        feed = FEEDS[slug]
        sender = Account(account.kind, account.name, account.role, account.county, feed.departments[0], account.area)
        return self.take(sender, feed, raws)

    def take_file(self, account: Account, feed: Feed, content: bytes, *, baseline: bool) -> dict[str, object]:
        """Judge and publish a file."""

        def check(raws: Sequence[Mapping[str, object]]) -> None:
            check_area(account, feed, raws, self.pool, self.vault)

        verdicts: Verdicts = judge_file(
            feed, account, _department(account, feed), content, self.vault, datetime.now(UTC), check
        )
        return self.publisher.publish(account, feed, verdicts, baseline=baseline)


def _department(account: Account, feed: Feed) -> str:
    return account.department or feed.departments[0]


def _records(request: AnyRequest, body: bytes) -> list[object]:
    """The records of a body, by its content type. Raises 400, 415 or 422.

    One line of NDJSON that cannot be read is one bad record; when no line can, it is no NDJSON.
    """
    kind = bodies.media_type(request)
    if kind == "application/x-ndjson":
        lines = list(decode_lines(body))
        if lines and all(isinstance(one, Unreadable) for one in lines):
            raise bodies.unreadable(f"第{lines[0].number}行不能读取：{lines[0].reason}")
        found: object = lines
    elif kind == "application/json":
        found = bodies.object_of(body, {"records"})["records"]
    else:
        detail = "请求体应为 application/json 或 application/x-ndjson；文件请用 files 接口。"
        raise HttpProblem(415, "CONTENT_TYPE", detail)
    if not isinstance(found, list):
        raise HttpProblem(422, "TYPE", "records 应为列表。")
    return found


def _baseline(request: AnyRequest) -> bool:
    value = bodies.query_of(request, "baseline").get("baseline", "false")
    if value not in ("true", "false"):
        detail = "只接受 baseline=true 或 baseline=false。"
        raise HttpProblem(422, "QUERY_INVALID", detail, extra={"field": "baseline"})
    return value == "true"


def _page(request: AnyRequest) -> tuple[int, int]:
    query = bodies.query_of(request, "limit", "cursor")
    return _number(query, "limit", PAGE, 1, PAGE), _number(query, "cursor", 0, 0, 999_999_999)


def _number(query: Mapping[str, str], name: str, default: int, least: int, most: int) -> int:
    text = query.get(name)
    if text is None:
        return default
    if not (text.isascii() and text.isdigit() and len(text) <= 9 and least <= int(text) <= most):
        raise HttpProblem(422, "QUERY_INVALID", f"{name} 应为{least}至{most}的整数。", extra={"field": name})
    return int(text)


def intake_routes(intake: Intake, door: Door) -> list[HTTPRouteHandler]:
    """The routes, over an intake and a door."""
    turnstile = Turnstile()

    @post(
        "/api/v1/feeds/{feed:str}/records",
        status_code=202,
        request_max_body_size=MAX_JSON_BYTES,
        summary="Send records as JSON or NDJSON",
    )
    async def send_records(request: AnyRequest, feed: FromPath[str], body: RawBody) -> dict[str, object]:
        account = door.account_of(request)
        found = feed_for(account, feed)
        baseline = _baseline(request)

        def take() -> dict[str, object]:
            return intake.take(account, found, _records(request, body), baseline=baseline)

        return await turnstile.run(len(body), take)

    @post(
        "/api/v1/feeds/{feed:str}/files",
        status_code=202,
        request_max_body_size=MAX_FILE_BYTES + 64 * 1024,
        summary="Send records as CSV or XLSX, multipart part `file`",
    )
    async def send_file(request: AnyRequest, feed: FromPath[str]) -> dict[str, object]:
        account = door.account_of(request)
        found = feed_for(account, feed)
        baseline = _baseline(request)
        if bodies.media_type(request) != "multipart/form-data":
            raise HttpProblem(415, "CONTENT_TYPE", "请用 multipart/form-data 发送，文件放在名为 file 的部分。")
        form = await request.form()
        part = form.get("file")
        if not isinstance(part, UploadFile):
            raise HttpProblem(422, "MISSING_FIELD", "没有名为 file 的文件部分。")
        content = await part.read()
        return await turnstile.run(len(content), lambda: intake.take_file(account, found, content, baseline=baseline))

    @get(
        "/api/v1/receipts/{receipt_id:str}",
        sync_to_thread=True,
        summary="What became of an upload",
        description=(
            f"`outcomes` and `rejected` are paged together: `limit` (1 to {PAGE:,}, default {PAGE:,}) is the most of each "
            "on a page, and `next` is the `cursor` of the following page, null on the last one of both. "
            "`accepted` and `rejected_total` count all of them."
        ),
    )
    def receipt(request: AnyRequest, receipt_id: FromPath[str]) -> dict[str, object]:
        limit, cursor = _page(request)
        return read_receipt(intake.pool, door.account_of(request), receipt_id, limit, cursor)

    @get("/api/v1/receipts/{receipt_id:str}/rejected.xlsx", sync_to_thread=True, summary="The refused rows, annotated")
    def refused(request: AnyRequest, receipt_id: FromPath[str]) -> Response[bytes]:
        bodies.query_of(request)
        account = door.account_of(request)
        found, rows = read_refused(intake.pool, intake.vault, account, receipt_id)
        door.audit(account.name, "refused-rows-fetched", receipt_id)
        disposition = {"Content-Disposition": f'attachment; filename="{found.slug}-rejected.xlsx"'}
        return Response(annotated(found, rows), media_type=_XLSX, headers=disposition)

    @get("/api/v1/feeds/{feed:str}/template.xlsx", sync_to_thread=True, summary="A blank file to fill in")
    def blank(request: AnyRequest, feed: FromPath[str]) -> Response[bytes]:
        found = feed_for(door.account_of(request), feed)
        disposition = {"Content-Disposition": f'attachment; filename="{found.slug}.xlsx"'}
        return Response(template(found), media_type=_XLSX, headers=disposition)

    return [send_records, send_file, receipt, refused, blank]
