"""Pages from templates: those of a part of the hub, inside the frame that all share."""

from functools import cache
from hashlib import sha256
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from litestar import MediaType, Response

from fangpin.areas import area_name
from fangpin.ports import Account, WebDependencies
from services.access.asking import VISITING, sees_people

HERE = Path(__file__).parent
STATIC = HERE / "static"
OPEN = {"open": True}  # for visitors who have not logged in
ALL = (*VISITING, "analyst", "auditor", "operator")
MENU = (
    ("/inbox", "预警", VISITING),
    ("/search", "查找", VISITING),
    ("/unresolved", "待归户", ("county",)),
    ("/areas", "区域", (*VISITING, "analyst")),
    ("/statistics", "统计", ALL),
    ("/board", "报送", ALL),
    ("/policies", "政策", ("county", "analyst", "auditor")),
)


@cache
def asset(name: str) -> str:
    """The address of a file in `static`, with a digest of its content, so that a browser may keep it."""
    return f"/static/{name}?v={sha256((STATIC / name).read_bytes()).hexdigest()[:12]}"


def environment(*directories: Path) -> Environment:
    """Templates of these folders and of the frame's own; everything that is put into them is escaped."""
    found = Environment(
        loader=FileSystemLoader([*directories, HERE / "templates"]),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    found.globals["asset"] = asset
    return found


def bare_page(templates: Environment, name: str, status: int = 200, **values: Any) -> Response[str]:
    """A page for somebody who is not signed in."""
    text = templates.get_template(name).render({"account": None, **values})
    return Response(text, media_type=MediaType.HTML, status_code=status)


class Frame:
    """Renders the pages of one part of the hub, from the templates in its folder."""

    def __init__(self, deps: WebDependencies, directory: Path) -> None:
        self.deps = deps
        self.county_names = {pack.county_code: pack.county_name for pack in deps.book.packs.values()}
        self._templates = environment(directory)

    def page(self, name: str, account: Account, here: str, *, status: int = 200, **values: Any) -> Response[str]:
        """A page of an account; `here` is the address of the entry of the menu under which it stands."""
        around = {
            "account": account,
            "place": self.place(account.area),
            "menu": [(href, label) for href, label, roles in MENU if account.role in roles],
            "here": here,
            "unread": self._unread(account),
        }
        text = self._templates.get_template(name).render({**around, **values})
        return Response(text, media_type=MediaType.HTML, status_code=status)

    def place(self, code: str) -> str:
        """The name of an area."""
        return area_name(code, self.county_names) if code else "全部县"

    def _unread(self, account: Account) -> int | None:
        """How many notices the officer has not read; None for whom nobody tells anything."""
        if not sees_people(account):
            return None
        with self.deps.pool.connection() as conn:
            row = conn.execute(
                "SELECT (SELECT count(*) FROM notice WHERE username = %(who)s AND read_at IS NULL AND village_code LIKE %(area)s)"
                " + (SELECT count(*) FROM area_notice WHERE username = %(who)s AND read_at IS NULL AND area LIKE %(area)s)",
                {"who": account.name, "area": account.area + "%"},
            ).fetchone()
        return int(row[0])
