"""What a read model is: its tables, and its fold of a batch of events."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from fangpin.database import Connection
from fangpin.sequences import Event

Fold = Callable[[Connection, "Tables", Sequence[Event]], None]


@dataclass(frozen=True, slots=True)
class Table:
    """One table of a read model; `ddl` is its column list, `indexes` the column lists of its indexes."""

    name: str
    ddl: str
    indexes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Projection:
    """A read model. Its rows follow from the events alone, however they are cut into batches.

    `places`: its table that says in which village pages list a household, where it has one. `pace_s`: how long a live
    one gathers events before the next batch; longer for what nobody waits for.
    """

    name: str
    topic: str
    tables: tuple[Table, ...]
    fold: Fold
    places: str | None = None
    pace_s: float = 0.05


class Tables:
    """The names of a version's tables."""

    def __init__(self, version: int) -> None:
        self.version = version

    def __getitem__(self, name: str) -> str:
        return f"{name}_v{self.version}"


def columns(rows: Sequence[Sequence[object]]) -> list[list[object]]:
    """Rows as columns, for `unnest`: one statement, however many rows."""
    return [list(column) for column in zip(*rows, strict=True)]
