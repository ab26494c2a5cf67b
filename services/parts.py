"""The hub's parts, in the order in which they are started."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from projections import PROJECTIONS


@dataclass(frozen=True, slots=True)
class Part:
    """One process: its name in messages, logs and `/health`, its module, and its loops by the names of their heartbeats."""

    name: str
    module: str
    loops: Sequence[str] = ()


PARTS = (
    Part("correlator", "consumers.correlator", ("correlator",)),
    Part("projector", "services.projector", tuple(f"projector.{name}" for name in PROJECTIONS)),
    Part("notifier", "consumers.notifier", ("notifier",)),
    Part("clock", "services.clock", ("clock",)),
    Part("web", "services.web"),  # whoever asks it for `/health` sees that it lives
)
LOOPS: Mapping[str, Sequence[str]] = {part.name: part.loops for part in PARTS if part.loops}
