"""The highest revision holds, whatever the order of arrival."""

from itertools import permutations

from fangpin.domain.revisions import Revisions

A, B = b"a", b"b"


def judged(*arrivals: tuple[int, bytes]) -> list[str]:
    revisions = Revisions()
    return [revisions.judge(revision, digest) for revision, digest in arrivals]


def test_verdicts() -> None:
    assert judged((1, A), (1, A), (1, B)) == ["applied", "duplicate", "reused"]
    assert judged((2, A), (1, B)) == ["applied", "superseded"]
    assert judged((1, A), (2, B)) == ["applied", "applied"]


def test_same_content_under_a_higher_revision_raises_the_revision() -> None:
    assert judged((1, A), (3, A), (2, B), (3, B)) == ["applied", "duplicate", "superseded", "reused"]


def test_what_holds_does_not_depend_on_the_order() -> None:
    for order in permutations([(1, A), (2, B), (3, A), (4, B)]):
        revisions = Revisions()
        for revision, digest in order:
            revisions.judge(revision, digest)
        assert (revisions.current, revisions.digests[4]) == (4, B)
