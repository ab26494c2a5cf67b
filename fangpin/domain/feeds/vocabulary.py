"""Words that more than one feed uses: Chinese label (and other spellings) → slug; the first label of a slug is shown."""

from collections.abc import Mapping

RISKS = {
    "因病": "illness",
    "因学": "schooling",
    "因灾": "disaster",
    "因残": "disability",
    "因突发事件": "accident",
    "因疫": "epidemic",
    "因产业失败": "business-failure",
    "因就业不稳": "unemployment",
    "住房": "housing",
    "饮水": "water",
    "收入": "income",
    "其他": "other",
    "因大病": "illness",
    "意外事故": "accident",
    "因疫情": "epidemic",
    "因就业困难": "unemployment",
    "住房安全": "housing",
    "饮水安全": "water",
}
CHANNELS = {
    "监测系统APP": "app",
    "12317": "12317",
    "政府救助平台": "assistance-platform",
    "书面申请": "paper",
    "干部排查": "patrol",
    "媒体": "media",
    "信访": "petition",
    "12317平台": "12317",
}
INJURIES = {"受伤": "injured", "重伤": "seriously-injured", "致残": "disabled", "死亡": "dead"}


def slugs(labels: Mapping[str, str]) -> tuple[str, ...]:
    """The slugs of a vocabulary, each once, in order."""
    return tuple(dict.fromkeys(labels.values()))


def shown(labels: Mapping[str, str]) -> dict[str, str]:
    """Slug → the label that is shown for it, in the order of `slugs`."""
    found: dict[str, str] = {}
    for label, slug in labels.items():
        found.setdefault(slug, label)
    return found
