"""Counts of warnings by risk, area or month. Nothing of a person is in the read model they come from."""

from collections.abc import Mapping
from typing import Any, Literal, get_args

from fangpin.areas import area_name
from fangpin.database import Connection
from fangpin.domain.policy import PackBook
from services.frame.labels import risk_labels

By = Literal["risk", "area", "month"]
BYS: tuple[By, ...] = get_args(By)
TITLES: Mapping[By, tuple[str, str]] = {
    "risk": ("按风险", "风险"),
    "area": ("按区域", "区域"),
    "month": ("按月份", "起始月份"),
}
_WIDTHS = {0: 6, 6: 9}  # of the codes one level below; below a township it is villages


def counts(conn: Connection, by: By, area: str | None) -> list[dict[str, Any]]:
    """`key`, `open` (open and verified) and `total` (all but the withdrawn) within an area, by key; none without one."""
    if area is None:
        return []
    key = {"risk": "risk", "area": f"left(village_code, {_WIDTHS.get(len(area), 12)})", "month": "month"}[by]
    rows = conn.execute(
        f"SELECT {key}, count(*) FILTER (WHERE status IN ('open', 'verified')), count(*) FROM county_counts "
        "WHERE status <> 'withdrawn' AND village_code LIKE %s GROUP BY 1 ORDER BY 1",
        (area + "%",),
    )
    return [{"key": row[0], "open": row[1], "total": row[2]} for row in rows]


def tables(conn: Connection, book: PackBook, county: str, area: str) -> list[dict[str, Any]]:
    """The three counts with the words that people read."""
    labels = risk_labels(book, county)
    names = {pack.county_code: pack.county_name for pack in book.packs.values()}
    found = []
    for by in BYS:
        rows = counts(conn, by, area)
        for row in rows:
            key = row["key"]
            row["label"] = labels[key] if by == "risk" else area_name(key, names) if by == "area" else key
            row["ended"] = row["total"] - row["open"]
        if by != "month":
            rows.sort(key=lambda row: (-row["total"], row["key"]))
        title, column = TITLES[by]
        found.append({"by": by, "title": title, "column": column, "rows": rows})
    return found
