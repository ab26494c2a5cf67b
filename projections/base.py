"""What a read model is: its tables, and its fold of a batch of events."""

import base64
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from fangpin.database import Connection

Event = Mapping[str, Any]
Fold = Callable[[Connection, "Tables", Sequence[Event]], None]


@dataclass(frozen=True, slots=True)
class Table:
    """One table of a read model; `ddl` is its column list, `indexes` the column lists of its indexes."""

    name: str
    ddl: str
    indexes: tuple[str, ...] = ()
    order: str = ""


@dataclass(frozen=True, slots=True)
class Projection:
    """A read model. `compared` leaves out what depends on the time of the fold; nothing here does."""

    name: str
    topic: str
    tables: tuple[Table, ...]
    fold: Fold


class Tables:
    """The names of a version's tables."""

    def __init__(self, version: int) -> None:
        self.version = version

    def __getitem__(self, name: str) -> str:
        return f"{name}_v{self.version}"


def plain(value: object) -> object:
    """An event's value as JSON keeps it; bytes as base64."""
    if isinstance(value, bytes):
        return base64.b64encode(value).decode()
    if isinstance(value, (date, datetime)):
        return value.isoformat()
    if isinstance(value, Mapping):
        return {key: plain(one) for key, one in value.items()}
    if isinstance(value, (list, tuple)):
        return [plain(one) for one in value]
    return value


COMMON = ("event_id", "type", "household_id", "county_code", "sequence", "valid_on", "recorded_at")


def body(event: Event) -> dict[str, object]:
    """The event's own fields, as JSON keeps them."""
    return {key: plain(value) for key, value in event.items() if key not in COMMON}
