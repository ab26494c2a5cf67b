"""`fangpin status`: signs of life, lag, outgoing rows, feeds and exceptions, as tables or as JSON."""

import json
from dataclasses import asdict
from typing import Annotated, Any

import typer
from rich.console import Console
from rich.table import Table

from consumers.correlator import revaluation
from fangpin import heartbeats, lags
from fangpin.active_policies import ActiveBooks
from fangpin.broker import Broker
from fangpin.database import Connection
from fangpin.domain.feeds import FEEDS
from fangpin.kafka import Kafka
from fangpin.policies import load_book
from services.board import reading
from services.cli.directory import HERE, Data
from services.cli.hub import credentials, hub_database
from services.parts import LOOPS

app = typer.Typer(add_completion=False)


@app.command()
def status(
    data: Data = HERE,
    as_json: Annotated[bool, typer.Option("--json", help="one JSON object instead of tables")] = False,
) -> None:
    """Show which parts are at work, how far each is behind, when feeds came last, what could not be used."""
    access = credentials(data)
    with hub_database(data) as conn:
        found = read(conn, Kafka(access["kafka"]))
    if as_json:
        typer.echo(json.dumps(found, ensure_ascii=False))
    else:
        show(found, Console())


def read(conn: Connection, broker: Broker) -> dict[str, Any]:
    """Everything that is shown. Raises `TransientError` when the broker is away."""
    unpublished = conn.execute(
        "SELECT coalesce(sum(county.position - coalesce(publication.position, 0)), 0) FROM county "
        "LEFT JOIN publication USING (county_code)"
    ).fetchone()
    assert unpublished is not None
    counties = conn.execute(
        "SELECT county_code, civil_date::text FROM county WHERE county_code <> '000000' ORDER BY 1"
    ).fetchall()
    exceptions = _of_view(
        conn, "exception_log", "SELECT code, count(*) FROM exception_log WHERE status = 'open' GROUP BY 1 ORDER BY 1"
    )
    feeds = _of_view(
        conn,
        "feed_activity",
        "SELECT county_code, feed, source, sum(recorded)::bigint, max(day)::text, max(last_at)::text FROM feed_activity "
        "GROUP BY 1, 2, 3 ORDER BY 1, 2, 3",
    )
    calendar = _calendar(conn)
    columns = ("county", "feed", "department", "recorded", "occurred_last", "came_last")
    return {
        "parts": heartbeats.states(heartbeats.ages(conn), LOOPS),
        "consumers": [asdict(one) for one in lags.lags(conn, broker)],
        "unpublished": int(unpublished[0]),
        "counties": dict(counties),
        "calendar": calendar,
        "feeds": [dict(zip(columns, row, strict=True)) for row in feeds],
        "exceptions": dict(exceptions),
        "judging_again": revaluation.waiting(conn),
    }


def _calendar(conn: Connection) -> list[dict[str, Any]]:
    """How the month of each county's civil date stands: how many lines of the board are missing, late, and so on."""
    packs = ActiveBooks(load_book()).at(conn).judging()
    found = []
    for county in sorted({pack.county_code for pack in packs}):
        today = reading.today(conn, county)
        if today is not None:
            board = reading.read(conn, packs, county, county, today.replace(day=1))
            found.append({"county": county, "month": board["month"], **board["totals"]})
    return found


def _of_view(conn: Connection, view: str, query: str) -> list[Any]:
    """Rows of a read model; none while the projector has not made it yet."""
    row = conn.execute("SELECT to_regclass(%s)", (view,)).fetchone()
    return conn.execute(query).fetchall() if row is not None and row[0] is not None else []


def show(found: dict[str, Any], console: Console) -> None:
    """The same as tables."""
    _table(
        console,
        ("部分", "状态"),
        [(part, "正常" if state == "ok" else state) for part, state in found["parts"].items()],
    )
    consumers = [(one["consumer"], one["topic"], one["read"], one["lag"]) for one in found["consumers"]]
    _table(console, ("消费者", "主题", "已读", "未读"), consumers)
    _table(console, ("县", "当前日期"), found["counties"].items())
    months = [(one["county"], one["month"], *(one[state] for state in reading.STATES)) for one in found["calendar"]]
    _table(console, ("县", "报送月份", *reading.STATES.values()), months)
    feeds = [
        (one["county"], FEEDS[one["feed"]].title, one["department"], one["recorded"], one["came_last"])
        for one in found["feeds"]
    ]
    _table(console, ("县", "数据", "部门", "记录数", "最近到达"), feeds)
    _table(console, ("未处理的异常", "数量"), found["exceptions"].items())
    console.print(f"已提交、尚未发布的事件：{found['unpublished']}")
    if found["judging_again"]:
        console.print(f"正在按新启用的政策重新判定旧记录的县：{'、'.join(found['judging_again'])}")


def _table(console: Console, headings: tuple[str, ...], rows: Any) -> None:
    table = Table(*headings)
    for row in rows:
        table.add_row(*map(str, row))
    console.print(table)
