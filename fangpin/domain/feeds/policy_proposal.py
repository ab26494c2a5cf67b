"""policy-proposal: a policy pack that somebody wants the county to judge by, from a civil date on."""

from fangpin.domain.feeds.base import Feed, Field

MOST_CHARACTERS = 200_000  # six times the longest pack; in UTF-8 it still fits a message
MOST_CASES = 50_000  # ten times the longest table

POLICY_PROPOSAL = Feed(
    slug="policy-proposal",
    title="政策包提案",
    departments=("hub",),
    risk=None,
    own_date="from",
    natural_key=("pack", "from"),
    subject="none",
    role="proposal",
    future_own_date=True,
    fields=(
        Field(
            "pack", "政策包编号", "code", pattern=r"[a-z0-9][a-z0-9.-]{1,62}", doc="Id of the pack, used by no other"
        ),
        Field("from", "启用日期", "until", doc="Civil date from which the county is judged by it"),
        Field("content", "政策包内容", "text", limit=MOST_CHARACTERS, doc="The whole pack, as YAML"),
        Field(
            "cases",
            "边界案例表",
            "text",
            required=False,
            limit=MOST_CASES,
            doc="The boundary table that proves it, as YAML",
        ),
        Field("reason", "理由", "text", doc="Why it is proposed"),
        Field("proposed_by", "提出人", "text", limit=100, hub_filled=True, doc="Who proposes it"),
    ),
)
