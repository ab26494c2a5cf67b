"""`fangpin policy`: prove the packs, against themselves and against the counties' documents."""

from pathlib import Path
from typing import Annotated

import typer

from fangpin.domain.policy import PackBook, PackError
from fangpin.domain.policy.numerals import squeeze
from fangpin.policies import DIRECTORY, load_packs

app = typer.Typer(add_completion=False, no_args_is_help=True)


@app.callback()
def policy() -> None:
    """Check policy packs."""


@app.command()
def check(
    directory: Annotated[Path, typer.Option(help="where the packs are")] = DIRECTORY,
    sources: Annotated[Path | None, typer.Option(help="a folder with the counties' documents as text")] = None,
) -> None:
    """Load every pack; with --sources, find each quotation in its document, white space aside."""
    try:
        packs = load_packs(directory)
        PackBook(packs)
    except PackError as error:
        typer.echo(f"错误：{error}", err=True)
        raise typer.Exit(1) from error
    documents = [squeeze(path.read_text(encoding="utf-8")) for path in sorted(sources.glob("*.txt"))] if sources else []
    missing = 0
    for pack in packs:
        own = [text for text in documents if squeeze(pack.document.number) in text[:400]]
        if sources is not None and not own:
            typer.echo(f"{pack.id}: no document numbered {pack.document.number} in {sources}", err=True)
            missing += 1
        for rule in pack.rules:
            if own and squeeze(rule.basis.quote) not in own[0]:
                typer.echo(f"{pack.id}: rule {rule.id}: the quotation does not stand in the document", err=True)
                missing += 1
        typer.echo(f"{pack.id}: {len(pack.rules)} rules" + (", every quotation found" if own and not missing else ""))
    if missing:
        raise typer.Exit(1)
