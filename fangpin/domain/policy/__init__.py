"""A county's policy as data: packs, how they are read, and what they make of a fact."""

from fangpin.domain.policy.book import PackBook
from fangpin.domain.policy.evaluate import Fact, Finding, Met, evaluate
from fangpin.domain.policy.pack import Document, Pack, PackError, Rule
from fangpin.domain.policy.parse import pack_from_mapping
from fangpin.domain.policy.words import Basis

__all__ = [
    "Basis",
    "Document",
    "Fact",
    "Finding",
    "Met",
    "Pack",
    "PackBook",
    "PackError",
    "Rule",
    "evaluate",
    "pack_from_mapping",
]
