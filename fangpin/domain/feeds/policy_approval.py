"""policy-approval: another person's word for a proposed policy pack, exactly as it was read."""

from fangpin.domain.feeds.base import Feed, Field

POLICY_APPROVAL = Feed(
    slug="policy-approval",
    title="政策包批准",
    departments=("hub",),
    risk=None,
    own_date="approved_on",
    natural_key=("proposal",),
    subject="none",
    role="approval",
    fields=(
        Field("proposal", "提案记录编号", "text", limit=64, doc="Record id of the proposal"),
        Field("digest", "内容摘要", "code", pattern="[0-9a-f]{64}", doc="SHA-256 of the date and content approved"),
        Field("approved_on", "批准日期", "date", doc="Day of the approval"),
        Field("approved_by", "批准人", "text", limit=100, hub_filled=True, doc="Who approves it"),
    ),
)
