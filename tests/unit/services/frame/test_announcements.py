"""Who is woken by news of a village."""

from contextlib import ExitStack

from services.frame.announcements import Announcements

MINE, OTHER = "530925101201", "530925102201"


def test_only_those_wake_in_whose_area_the_village_lies() -> None:
    announcements = Announcements("")
    areas = (MINE, MINE[:9], MINE[:6], OTHER, "410922", "")
    with ExitStack() as stack:
        waiting = {area: stack.enter_context(announcements.of(area)) for area in areas}
        announcements.wake(MINE)
        heard = {area for area, changed in waiting.items() if changed.is_set()}
    assert heard == {MINE, MINE[:9], MINE[:6], ""}


def test_whoever_has_gone_is_forgotten() -> None:
    announcements = Announcements("")
    with announcements.of(MINE) as changed:
        pass
    announcements.wake(MINE)
    assert not changed.is_set()


def test_at_the_end_everybody_wakes_also_who_comes_later() -> None:
    announcements = Announcements("")
    with announcements.of(MINE) as before:
        announcements.close()
        assert before.is_set()
    with announcements.of(MINE) as after:
        assert after.is_set()
