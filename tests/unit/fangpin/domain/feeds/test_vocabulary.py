"""The words of the feeds, as pages show them."""

from fangpin.domain.feeds.vocabulary import shown, slugs

LABELS = {"因病": "illness", "住房": "housing", "因大病": "illness"}


def test_the_first_label_of_a_slug_is_shown() -> None:
    assert shown(LABELS) == {"illness": "因病", "housing": "住房"}
    assert tuple(shown(LABELS)) == slugs(LABELS)
