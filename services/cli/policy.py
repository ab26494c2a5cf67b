"""`fangpin policy`: prove the packs, against themselves and the counties' documents; show one; compare two; try a draft; bring one into force."""

from collections.abc import Iterator
from pathlib import Path
from typing import Annotated

import msgspec
import typer

from fangpin.domain.policy import Pack, PackBook, PackError
from fangpin.domain.policy.difference import differences
from fangpin.domain.policy.numerals import squeeze
from fangpin.domain.policy.passages import bases, decisions, document_of
from fangpin.domain.policy.proving import case_faults
from fangpin.policies import DIRECTORY, load_cases, load_packs, load_specimens
from services.cli.exits import EXIT_CALL_WRONG, EXIT_FAILED, stopped
from services.cli.policy_activation import active, approve, propose, withdraw
from services.cli.policy_sandbox import sandbox
from services.frame.policy_text import difference_lines, pack_lines

Directory = Annotated[Path, typer.Option(help="where the packs are")]
AsJson = Annotated[bool, typer.Option("--json", help="as JSON, for programs")]
app = typer.Typer(add_completion=False, no_args_is_help=True)
for command in (sandbox, propose, approve, withdraw, active):
    app.command()(command)


@app.callback()
def policy() -> None:
    """Check, show, compare and try policy packs."""


@app.command()
def check(
    directory: Directory = DIRECTORY,
    sources: Annotated[Path | None, typer.Option(help="a folder with the counties' documents as text")] = None,
) -> None:
    """Load every pack, find its decision records, try its boundary table; with --sources, each quotation in its document."""
    packs = _packs(directory, EXIT_FAILED)
    try:
        book = PackBook(packs)
        faults = [fault for pack in packs for fault in (*_faults(pack, sources), *_case_faults(pack, book, directory))]
    except PackError as error:
        raise stopped(str(error), EXIT_FAILED) from error
    for fault in faults:
        typer.echo(f"错误：{fault}", err=True)
    if faults:
        raise typer.Exit(EXIT_FAILED)
    for pack in packs:
        tried = sum(len(cases) for cases in load_cases(pack.id, directory).cases.values())
        found = ", every quotation found" if sources else ""
        typer.echo(f"{pack.id}: {len(pack.rules)} rules, {tried} cases hold{found}")


@app.command()
def show(
    pack: Annotated[str, typer.Argument(help="the pack's id")],
    as_json: AsJson = False,
    directory: Directory = DIRECTORY,
) -> None:
    """Print a pack: rules with their words, duties, exclusions, measures and the chain."""
    (found,) = _named(directory, pack)
    if as_json:
        typer.echo(msgspec.json.encode(found).decode())
        return
    for line in pack_lines(found):
        typer.echo(line)


@app.command()
def diff(
    before: Annotated[str, typer.Argument(help="a pack's id")],
    after: Annotated[str, typer.Argument(help="another's")],
    as_json: AsJson = False,
    directory: Directory = DIRECTORY,
) -> None:
    """Print the values, rules and dates in which two packs differ."""
    first, second = _named(directory, before, after)
    found = list(differences(first, second))
    if as_json:
        typer.echo(msgspec.json.encode(found).decode())
        return
    for line in difference_lines(first, second, found):
        typer.echo(line)


def _packs(directory: Path, status: int) -> list[Pack]:
    try:
        return load_packs(directory)
    except PackError as error:
        raise stopped(str(error), status) from error


def _named(directory: Path, *names: str) -> list[Pack]:
    packs = {pack.id: pack for pack in _packs(directory, EXIT_CALL_WRONG)}
    for name in names:
        if name not in packs:
            raise stopped(f"没有政策包 {name}。可用的是：{'、'.join(packs)}。", EXIT_CALL_WRONG)
    return [packs[name] for name in names]


def _faults(pack: Pack, sources: Path | None) -> Iterator[str]:
    for where, decision in decisions(pack):
        if not (DIRECTORY.parent / decision).is_file():
            yield f"{pack.id}：{where}：没有决定记录 {decision}；请补写，或改正名称"
    if sources is None:
        return
    texts = [path.read_text(encoding="utf-8") for path in sorted(sources.glob("*.txt"))]
    own = document_of(pack, texts)
    if own is None:
        yield f"{pack.id}：{sources} 里没有文号为 {pack.document.number} 的文件"
        return
    for where, basis in bases(pack):
        for passage in basis.passages():
            if squeeze(passage.quote) not in own:
                yield f"{pack.id}：{where}：文件里没有“{passage.quote}”"


def _case_faults(pack: Pack, book: PackBook, directory: Path) -> Iterator[str]:
    for fault in case_faults(pack, load_cases(pack.id, directory), book, load_specimens()):
        yield f"{pack.id}：{fault}"
