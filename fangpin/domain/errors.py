"""What is wrong with a record, said so that the person who sent it can mend it."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Problem:
    """One fault: a stable code, the field, and in Chinese what is wrong, where, and what to do."""

    code: str
    field: str | None
    message: str


class Refused(Exception):
    """A record that cannot be used, with every fault that was found in it."""

    def __init__(self, *problems: Problem) -> None:
        super().__init__("; ".join(f"{problem.code} {problem.field}" for problem in problems))
        self.problems = problems

    @property
    def worst(self) -> Problem:
        """The fault to name when one is named: an unknown field first, because then nothing of the record may stay."""
        return next((one for one in self.problems if one.code == "UNKNOWN_FIELD"), self.problems[0])


def refuse(code: str, field: str | None, message: str) -> Refused:
    """A refusal with a single fault."""
    return Refused(Problem(code, field, message))
