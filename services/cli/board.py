"""`fangpin board`: who delivered, declared nothing, is late or silent in a month of a county."""

from collections.abc import Iterator
from itertools import groupby
from typing import Annotated, Any

import msgspec
import typer

from fangpin.active_policies import ActiveBooks
from fangpin.domain.policy import PackError
from fangpin.policies import load_book
from services.board import reading
from services.cli.county import packs_of
from services.cli.directory import HERE, Data
from services.cli.exits import stopped
from services.cli.hub import hub_database

app = typer.Typer(add_completion=False)


@app.command()
def board(
    county: Annotated[str, typer.Option(help="the county's code or name")],
    month: Annotated[str | None, typer.Option(help="YYYY-MM; the month of the county's civil date")] = None,
    data: Data = HERE,
    as_json: Annotated[bool, typer.Option("--json", help="as JSON, for programs")] = False,
) -> None:
    """Print the month board of a county: every duty of every department, township and village."""
    try:
        books = ActiveBooks(load_book())
    except PackError as error:
        raise stopped(str(error)) from error
    with hub_database(data) as conn:
        packs = books.at(conn).judging()
        code = packs_of(packs, county)[0].county_code
        first = reading.first_of(month, reading.today(conn, code))
        if first is None:
            raise stopped(f"月份“{month}”无法识别。请写成四位年、两位月，例如 2021-09。")
        found = reading.read(conn, packs, code, code, first)
    if as_json:
        typer.echo(msgspec.json.encode(found).decode())
        return
    for line in lines(found):
        typer.echo(line)


def lines(found: reading.Item) -> Iterator[str]:
    """The board for people: by owner, with the totals first."""
    yield f"{found['county_name']} {found['county_code']}  {found['month']} 报送情况"
    yield f"截至 {found['today']}" if found["today"] else "本县还没有日期记录，暂不判断逾期。"
    yield "  ".join(f"{name} {found['totals'][state]}" for state, name in reading.STATES.items())
    for span in found["without_pack"]:
        yield f"{span['first']} 至 {span['last']} 没有已录入的政策文件，这些天不列期限。"

    def owner(one: dict[str, Any]) -> tuple[str, str]:
        return one["area"] or "", one["department"]

    for _, group in groupby(sorted(found["items"], key=owner), key=owner):
        items = list(group)
        first = items[0]
        yield ""
        yield f"{first['area_name']}（{first['area']}）" if first["area"] else first["department_name"]
        for one in items:
            yield f"  {one['state_text']}：{one['what']}（{one['due_text']}）"
    stale = [one for one in found["registers"] if one["stale"]]
    if stale:
        yield ""
        yield f"农户登记过期：{'、'.join(one['village_name'] for one in stale)}"
    if found["untracked"]:
        yield ""
        yield f"另有 {len(found['untracked'])} 项文件规定的事项不经本系统报送，见 fangpin calendar。"
