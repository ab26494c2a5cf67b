"""The county that a call names, by its code or its name."""

from collections.abc import Sequence

from fangpin.domain.policy import Pack
from services.cli.exits import stopped


def packs_of(packs: Sequence[Pack], county: str) -> list[Pack]:
    """The county's packs, one at least; where there is none, that is said and ends the command."""
    own = [pack for pack in packs if county in (pack.county_code, pack.county_name)]
    if not own:
        known = "、".join(dict.fromkeys(f"{pack.county_code}（{pack.county_name}）" for pack in packs))
        raise stopped(f"没有 {county} 的政策包。可用的是：{known}。")
    return own
