"""`fangpin policy propose | approve | withdraw | active`: a running hub's packs, by its API and in a person's name."""

from pathlib import Path
from typing import Annotated, Any

import httpx
import msgspec
import typer

from services.cli.access import Access, token_of
from services.cli.directory import HERE, Data
from services.cli.exits import EXIT_FAILED, stopped
from services.cli.hub import credentials
from services.cli.sending import TIMEOUT, CannotSend

Officer = Annotated[
    str | None, typer.Option(help="a county officer's name in credentials.json; otherwise the operator does it")
]
PATH = "/api/v1/policies"


def propose(
    pack: Annotated[Path, typer.Argument(help="the pack, as YAML")],
    from_on: Annotated[str, typer.Option("--from", help="civil date from which it is to be in force, YYYY-MM-DD")],
    reason: Annotated[str, typer.Option(help="why")],
    cases: Annotated[
        Path | None, typer.Option(help="its boundary table; otherwise <pack>.cases.yaml beside it")
    ] = None,
    officer: Officer = None,
    data: Data = HERE,
) -> None:
    """Propose a pack for its county, with its boundary table; somebody else has to approve it. Prints the proposal's id."""
    content = _read(pack)
    beside = cases or pack.with_name(f"{pack.stem}.cases.yaml")
    if not beside.is_file():
        raise stopped(
            f"{beside}：没有边界案例表。每条规则要有刚低于、等于、刚高于界线的案例；写好放在政策包旁边，或用 --cases 指出。"
        )
    body = {"content": content, "from": from_on, "reason": reason, "cases": _read(beside)}
    typer.echo(_call(data, officer, "POST", "/proposals", body)["proposal"])


def _read(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        raise stopped(f"{path}：读不了（{error}）。") from error


def approve(
    proposal: Annotated[str, typer.Argument(help="the id that propose printed")],
    officer: Officer = None,
    data: Data = HERE,
) -> None:
    """Approve a proposal as it is now; not one's own."""
    found = _call(data, officer, "GET", f"/proposals/{proposal}")
    _call(data, officer, "POST", f"/proposals/{proposal}/approval", {"digest": found["digest"]})
    typer.echo(f"{found['pack']}：批准已收到，{found['from']} 启用。")


def withdraw(
    proposal: Annotated[str, typer.Argument(help="the id that propose printed")],
    approval: Annotated[bool, typer.Option("--approval", help="only the approval, the proposal stays")] = False,
    officer: Officer = None,
    data: Data = HERE,
) -> None:
    """Take a proposal back, or with --approval its approval, before it is in force."""
    step = "approval/withdrawal" if approval else "withdrawal"
    _call(data, officer, "POST", f"/proposals/{proposal}/{step}", {})
    typer.echo("撤回已收到。")


def active(
    county: Annotated[str, typer.Argument(help="six digits")],
    as_json: Annotated[bool, typer.Option("--json", help="as JSON, for programs")] = False,
    officer: Officer = None,
    data: Data = HERE,
) -> None:
    """List the packs by which a county is judged now, and its proposals."""
    found = _call(data, officer, "GET", f"?county={county}")
    if as_json:
        typer.echo(msgspec.json.encode(found).decode())
        return
    for one in found["in_force"]:
        typer.echo(f"{one['pack']}  {one['valid_from']} 至 {one['valid_until'] or '新文件印发前'}  {one['document']}")
    for one in found["proposals"]:
        typer.echo(
            f"{one['proposal']}  {one['pack']}  {one['status_label']}  {one['proposed_by']} 提出：{one['reason']}"
        )


def _call(data: Path, officer: str | None, method: str, where: str, body: object = None) -> Any:
    access: Access = credentials(data)
    try:
        headers = {"Authorization": f"Bearer {_token(access, officer)}"}
        answer = httpx.request(
            method, f"{access['url']}{PATH}{where}", json=body, headers=headers, timeout=TIMEOUT, trust_env=False
        )
    except CannotSend as error:
        raise stopped(str(error)) from error
    except httpx.HTTPError as error:
        raise stopped(f"中枢没有应答（{error}）。请确认 fangpin up 正在运行。", EXIT_FAILED) from error
    if answer.is_error:
        raise stopped(answer.json()["detail"], EXIT_FAILED)
    return answer.json()


def _token(access: Access, officer: str | None) -> str:
    if officer is None:
        return next(str(one["token"]) for one in access["tokens"] if one.get("role") == "operator")
    return token_of(access, officer)
