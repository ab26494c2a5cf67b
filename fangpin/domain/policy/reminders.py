"""Who is reminded of what on a day: the day before something is due, and each day after it while nothing came."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta

from fangpin.domain.calendar import months_after
from fangpin.domain.policy.month_board import Line

ENOUGH = 31  # days: by then the next one is due, and the board goes on showing the old one


@dataclass(frozen=True, slots=True)
class Reminder:
    """One duty of one owner: due tomorrow (`days_late` 0), or late by so many days."""

    line: Line
    due_on: date
    days_late: int


def reminders(lines: Iterable[Line], today: date, since: date | None) -> dict[str | None, list[Reminder]]:
    """The reminders of a day by whose they are: a township's or village's own by its code, those of the county's
    departments under None. What was due before `since`, when the hub saw nothing yet, is nobody's; nor is what a document
    gives no day for.
    """
    found: dict[str | None, list[Reminder]] = {}
    for line in lines:
        due_on = line.due_on
        if due_on is None or line.state not in ("pending", "missing") or (since is not None and due_on < since):
            continue
        late = (today - due_on).days
        if late == -1 or 1 <= late <= ENOUGH:
            found.setdefault(line.owner.area, []).append(Reminder(line, due_on, max(0, late)))
    for own in found.values():
        own.sort(key=lambda one: (-one.days_late, one.due_on, one.line.owner.department, one.line.owed.duty.id))
    return found


def months_to_look_at(today: date) -> list[date]:
    """The first days of the months in which something lies that somebody may be reminded of today."""
    first, last = today - timedelta(days=ENOUGH), today + timedelta(days=1)
    months = (last.year - first.year) * 12 + last.month - first.month
    return [months_after(first.replace(day=1), count) for count in range(months + 1)]
