"""Which revision of a record holds: the highest wins, whatever the order of arrival.

Departments are told so in docs/guides/department.zh.md, 更正与撤回.
"""

from typing import Literal

import msgspec

from fangpin.domain.errors import Problem

Verdict = Literal["applied", "duplicate", "superseded", "reused"]
FIRST_UNIX_SECOND = 1_000_000_000  # a revision this high was filled in from the time of an upload


class Revisions(msgspec.Struct):
    """What is known of one record: the digest of every revision seen, and which one holds."""

    digests: dict[int, bytes] = {}
    current: int | None = None

    def judge(self, revision: int, digest: bytes) -> Verdict:
        """Take one more revision in and say what it was.

        `applied`: it holds now. `duplicate`: the same content as the one that holds, whose revision rises if this is
        higher. `superseded`: a higher one holds. `reused`: that revision was seen with other content; it stays.
        """
        known = self.digests.get(revision)
        if known is not None:
            return "duplicate" if known == digest else "reused"
        self.digests[revision] = digest
        if self.current is None:
            self.current = revision
            return "applied"
        same = digest == self.digests[self.current]
        higher = revision > self.current
        if higher:
            self.current = revision
        if same:
            return "duplicate"
        return "applied" if higher else "superseded"


def reused(revision: int) -> Problem:
    """What is said of a revision that is `reused`."""
    return Problem("ID_REUSED", "revision", f"修订号 {revision} 已用于不同内容，先到的保留；更正请用更高的修订号。")
