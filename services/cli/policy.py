"""`fangpin policy`: prove the packs, against themselves and against the counties' documents."""

from collections.abc import Iterator
from pathlib import Path
from typing import Annotated

import typer

from fangpin.domain.policy import Pack, PackBook, PackError
from fangpin.domain.policy.numerals import squeeze
from fangpin.policies import DIRECTORY, load_packs

LETTERHEAD = 400  # characters within which a document gives its own number; further on it cites others
app = typer.Typer(add_completion=False, no_args_is_help=True)


@app.callback()
def policy() -> None:
    """Check policy packs."""


@app.command()
def check(
    directory: Annotated[Path, typer.Option(help="where the packs are")] = DIRECTORY,
    sources: Annotated[Path | None, typer.Option(help="a folder with the counties' documents as text")] = None,
) -> None:
    """Load every pack, find its decision records; with --sources, each quotation in its document, white space aside."""
    try:
        packs = load_packs(directory)
        PackBook(packs)
    except PackError as error:
        typer.echo(f"错误：{error}", err=True)
        raise typer.Exit(1) from error
    faults = [fault for pack in packs for fault in _faults(pack, sources)]
    for fault in faults:
        typer.echo(f"错误：{fault}", err=True)
    if faults:
        raise typer.Exit(1)
    for pack in packs:
        typer.echo(f"{pack.id}: {len(pack.rules)} rules" + (", every quotation found" if sources else ""))


def _faults(pack: Pack, sources: Path | None) -> Iterator[str]:
    for rule in pack.rules:
        if rule.basis.decision is not None and not (DIRECTORY.parent / rule.basis.decision).is_file():
            yield f"{pack.id}: rule {rule.id}: there is no record {rule.basis.decision}; write it or mend the name"
    if sources is None:
        return
    texts = (squeeze(path.read_text(encoding="utf-8")) for path in sorted(sources.glob("*.txt")))
    own = next((text for text in texts if squeeze(pack.document.number) in text[:LETTERHEAD]), None)
    if own is None:
        yield f"{pack.id}: no document numbered {pack.document.number} in {sources}"
        return
    for rule in pack.rules:
        if squeeze(rule.basis.quote) not in own:
            yield f"{pack.id}: rule {rule.id}: “{rule.basis.quote}” does not stand in the document"
