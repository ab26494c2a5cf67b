"""A digest a village and civil day: a file, and a message where SMTP is configured. No names, no numbers of persons."""

import smtplib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from email.message import EmailMessage
from pathlib import Path
from urllib.parse import parse_qs, unquote, urlsplit

import structlog

from fangpin.areas import area_name
from fangpin.database import Connection
from fangpin.domain.policy import PackBook
from fangpin.settings import Settings

SMTP_TIMEOUT_S = 10  # a mail server on the county's network answers within a second
log = structlog.get_logger()


@dataclass(frozen=True, slots=True)
class Line:
    """Warnings of one village that are alike: how many households they are about."""

    risk: str
    since: date
    due_on: date | None
    count: int


def write_due(conn: Connection, settings: Settings, book: PackBook) -> int:
    """Make the digests of villages that have notices which no digest lists, one a civil day of the county; how many.

    The file is written before the commit that says so, and is written again after a crash between the two; a message
    is recorded before it is sent, for one twice is worse than one that the file replaces.
    """
    due = conn.execute(
        "SELECT DISTINCT n.village_code, c.civil_date FROM notice n JOIN county c ON c.county_code = left(n.village_code, 6) "
        "WHERE n.digest_day IS NULL AND n.level IS NULL AND c.civil_date IS NOT NULL AND NOT EXISTS (SELECT 1 FROM digest d WHERE "
        "d.village_code = n.village_code AND d.day = c.civil_date) ORDER BY 1"
    ).fetchall()
    conn.commit()
    made = 0
    for village, day in due:
        text = _make(conn, settings, book, village, day)
        if text is None:
            continue
        made += 1
        if settings.smtp_url:
            _send(settings.smtp_url, settings.smtp_from, village, day, text)
    return made


def _make(conn: Connection, settings: Settings, book: PackBook, village: str, day: date) -> str | None:
    """Write one digest in one transaction; None when another process was faster."""
    channels = ["file", "smtp"] if settings.smtp_url else ["file"]
    rows = conn.execute(
        "INSERT INTO digest (village_code, day, channel, made_at) SELECT %s, %s, unnest(%s::text[]), %s "
        "ON CONFLICT DO NOTHING RETURNING channel",
        (village, day, channels, datetime.now(UTC)),
    ).fetchall()
    if not rows:
        conn.rollback()
        return None
    listed = conn.execute(
        "WITH listed AS (UPDATE notice SET digest_day = %s WHERE village_code = %s AND digest_day IS NULL AND level IS NULL "
        "RETURNING warning_id, risk, since, due_on) SELECT risk, since, due_on, count(DISTINCT warning_id) FROM listed "
        "GROUP BY 1, 2, 3 ORDER BY 3 NULLS LAST, 2, 1",
        (day, village),
    ).fetchall()
    labels = {risk: label for pack in book.packs.values() for risk, label in pack.risk_labels.items()}
    text = digest_text(area_name(village, {}), day, [Line(labels.get(risk, risk), *rest) for risk, *rest in listed])
    write_file(settings.data_dir, village, day, text)
    conn.commit()
    return text


def digest_text(village_name: str, day: date, lines: Sequence[Line]) -> str:
    """The digest as people read it."""
    head = f"{village_name} {day} 新预警 {sum(line.count for line in lines)} 条"
    body = [
        f"- {line.risk}：{line.count} 条，自 {line.since} 起"
        + (f"，请于 {line.due_on} 前核实" if line.due_on else "，文件未规定核实期限")
        for line in lines
    ]
    return "\n".join([head, *body, "请登录收件箱查看农户并核实。"]) + "\n"


def write_file(data_dir: Path, village: str, day: date, text: str) -> Path:
    """`DIR/digests/<day>/<village>.txt`, whole or not at all."""
    directory = data_dir / "digests" / day.isoformat()
    directory.mkdir(parents=True, exist_ok=True)
    path = directory / f"{village}.txt"
    new = path.with_suffix(".new")
    new.write_text(text, encoding="utf-8")
    new.replace(path)
    return path


def _send(url: str, sender: str, village: str, day: date, text: str) -> None:
    """`smtp[s]://[user:password@]host[:port]?to=village-{village}@county.example`; without `to`, the sender's domain."""
    parts = urlsplit(url)
    to = parse_qs(parts.query).get("to", [f"village-{{village}}@{sender.rpartition('@')[2]}"])[0]
    message = EmailMessage()
    message["From"], message["To"] = sender, to.replace("{village}", village)
    message["Subject"] = f"防贫预警摘要 {day}"
    message.set_content(text)
    secure = parts.scheme == "smtps"
    kind = smtplib.SMTP_SSL if secure else smtplib.SMTP
    try:
        with kind(parts.hostname or "localhost", parts.port or (465 if secure else 25), timeout=SMTP_TIMEOUT_S) as smtp:
            if parts.username:
                if not secure:
                    smtp.starttls()
                smtp.login(unquote(parts.username), unquote(parts.password or ""))
            smtp.send_message(message)
    except (OSError, smtplib.SMTPException) as error:
        log.warning("digest not mailed", village=village, reason=type(error).__name__)
