"""What can go wrong at run time, as one small tree; the class decides what the loop does.

HubError
├── TransientError   the broker or the database is away: retry with jitter, nothing is lost
├── PoisonError      this record can never be used: quarantine it, go on
├── FencedError      somebody else has moved the checkpoint: stop, rejoin from the checkpoint
└── FatalError       going on would lose or double something: exit with a line that says why
"""


class HubError(Exception):
    """Everything that the hub raises on purpose."""


class TransientError(HubError):
    """The broker or the database is away for now."""


class FencedError(HubError):
    """Another worker owns this partition."""


class FatalError(HubError):
    """A person has to look before anything goes on."""


class PoisonError(HubError):
    """A record that can never be used, with its code and what to do, in Chinese."""

    def __init__(self, code: str, message: str, field: str | None = None) -> None:
        super().__init__(f"{code}: {message}")
        self.code = code
        self.message = message
        self.field = field
