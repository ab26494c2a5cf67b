"""`fangpin evaluate`: the warnings of a file of records, one JSON object a line; problems on standard error."""

import sys
from collections.abc import Iterator
from datetime import date, datetime
from pathlib import Path
from typing import Annotated, TextIO

import msgspec
import typer

from fangpin.domain.calendar import SHANGHAI
from fangpin.domain.errors import Problem
from fangpin.domain.policy import Finding, PackBook, PackError
from fangpin.domain.replay import Remark, replay
from fangpin.policies import load_packs
from fangpin.strict_json import Unreadable, decode_lines
from services.cli.exits import EXIT_SOME_UNUSED, stopped

app = typer.Typer(add_completion=False)


@app.command()
def evaluate(
    records: Annotated[Path, typer.Argument(help="records, one JSON object a line, with their feed")],
    pack: Annotated[str | None, typer.Option(help="use this pack instead of the county's")] = None,
    on: Annotated[str | None, typer.Option(help="the civil date as of which to judge, YYYY-MM-DD; today")] = None,
    register: Annotated[Path | None, typer.Option(help="household-register records, one JSON object a line")] = None,
) -> None:
    """Print the warnings that the records give rise to; exit 0, or 3 when some records could not be used."""
    now = datetime.now(SHANGHAI)
    day = _day(on, now.date())
    book = _book(pack)
    unread: list[Remark] = []
    raws = [raw for path in (register, records) if path is not None for raw in _lines(path, unread)]
    result = replay(raws, book, day, now)
    for county, household_no, finding in result.findings:
        _print(sys.stdout, warning_object(county, household_no, finding, book))
    remarks = unread + result.remarks
    for remark in remarks:
        problem = remark.problem
        _print(
            sys.stderr,
            {
                "record_id": remark.record_id,
                "feed": remark.feed,
                "code": problem.code,
                "field": problem.field,
                "message": problem.message,
                "note": remark.note,
            },
        )
    if any(not remark.note for remark in remarks):
        raise typer.Exit(EXIT_SOME_UNUSED)


def warning_object(county: str, household_no: str, finding: Finding, book: PackBook) -> dict[str, object]:
    """A finding as it is printed; items of `GET /warnings` have the same fields, and the hub's own beside."""
    rules = []
    for record_id, met in finding.rules:
        rule = book.rule(met.pack, met.rule_id)
        rules.append(
            {
                "id": met.rule_id,
                "purpose": met.purpose,
                "record_id": record_id,
                "document": book.packs[met.pack].document.number,
                "clause": rule.basis.clause,
                "quote": rule.basis.quote,
                "arithmetic": met.arithmetic,
            }
        )
    return {
        "county_code": county,
        "household_no": household_no,
        "risk": finding.risk,
        "since": finding.since.isoformat(),
        "pack": finding.pack,
        "evidence": list(finding.evidence),
        "rules": rules,
    }


def _print(stream: TextIO, item: dict[str, object]) -> None:
    print(msgspec.json.encode(item).decode(), file=stream)


def _day(text: str | None, today: date) -> date:
    if text is None:
        return today
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise stopped(f"--on {text}：应写成 2021-11-01 这样的日期。") from None


def _book(name: str | None) -> PackBook:
    try:
        packs = load_packs()
        if name is None:
            return PackBook(packs)
        chosen = [one for one in packs if one.id == name]
        if not chosen:
            raise stopped(f"没有政策包 {name}。可用的是：{'、'.join(one.id for one in packs)}。")
        return PackBook(chosen, for_any_county=True)
    except PackError as error:
        raise stopped(str(error)) from error


def _lines(path: Path, unread: list[Remark]) -> Iterator[dict[str, object]]:
    """The objects of a file; a line that is no JSON object is a remark, and the rest goes on."""
    try:
        data = path.read_bytes()
    except OSError as error:
        raise stopped(f"{path}：打不开（{error.strerror}）。请检查路径。") from error
    for raw in decode_lines(data):
        if isinstance(raw, dict):
            yield raw
            continue
        message = f"{path.name} 里有一行不是 JSON 对象，请检查。"
        if isinstance(raw, Unreadable):
            message = f"{path.name} 第{raw.number}行不能读取：{raw.reason}，请检查该行。"
        unread.append(Remark(None, None, Problem("DECODE", None, message)))
