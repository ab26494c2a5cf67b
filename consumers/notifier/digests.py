"""A digest a village and civil day: a file, and a message where SMTP is configured. No names, no numbers."""

import smtplib
from datetime import UTC, date, datetime
from email.message import EmailMessage
from pathlib import Path
from urllib.parse import urlsplit

import structlog

from fangpin.areas import area_name
from fangpin.database import Connection
from fangpin.domain.policy import PackBook
from fangpin.settings import Settings

log = structlog.get_logger()


def write_due(conn: Connection, settings: Settings, book: PackBook) -> int:
    """Make the digests of villages whose county's day has notices that no digest lists yet; returns how many."""
    rows = conn.execute(
        "SELECT n.village_code, c.civil_date, array_agg(DISTINCT (n.risk || '，自 ' || n.since || coalesce('，' || n.due_on || ' 前', ''))) "
        "FROM notice n JOIN county c ON c.county_code = left(n.village_code, 6) WHERE c.civil_date IS NOT NULL "
        "AND n.told_at > coalesce((SELECT max(d.made_at) FROM digest d WHERE d.village_code = n.village_code), '-infinity') "
        "AND NOT EXISTS (SELECT 1 FROM digest d WHERE d.village_code = n.village_code AND d.day = c.civil_date) "
        "GROUP BY 1, 2"
    ).fetchall()
    for village, day, lines in rows:
        text = _text(village, day, lines, book)
        _file(settings.data_dir, village, day, text)
        _record(conn, village, day, "file")
        conn.commit()
        if settings.smtp_url:
            # Recorded before it is sent: a message twice is worse than a message that the file replaces.
            _record(conn, village, day, "smtp")
            conn.commit()
            _send(settings, village, day, text)
    conn.commit()
    return len(rows)


def _record(conn: Connection, village: str, day: date, channel: str) -> None:
    conn.execute(
        "INSERT INTO digest (village_code, day, channel, made_at) VALUES (%s, %s, %s, %s) ON CONFLICT DO NOTHING",
        (village, day, channel, datetime.now(UTC)),
    )


def _text(village: str, day: date, lines: list[str], book: PackBook) -> str:
    labels = {risk: label for pack in book.packs.values() for risk, label in pack.risk_labels.items()}
    named = []
    for line in sorted(lines):
        risk, _, rest = line.partition("，")
        named.append(f"- {labels.get(risk, risk)}，{rest}")
    return (
        f"{area_name(village, {})} {day} 新预警 {len(named)} 类\n"
        + "\n".join(named)
        + "\n请登录收件箱查看农户并核实。\n"
    )


def _file(data_dir: Path, village: str, day: date, text: str) -> None:
    directory = data_dir / "digests" / day.isoformat()
    directory.mkdir(parents=True, exist_ok=True)
    (directory / f"{village}.txt").write_text(text, encoding="utf-8")


def _send(settings: Settings, village: str, day: date, text: str) -> None:
    message = EmailMessage()
    message["From"], message["To"] = settings.smtp_from, f"village-{village}@localhost"
    message["Subject"] = f"防贫预警摘要 {day}"
    message.set_content(text)
    server = urlsplit(settings.smtp_url or "")
    try:
        with smtplib.SMTP(server.hostname or "localhost", server.port or 25, timeout=10) as smtp:
            smtp.send_message(message)
    except (OSError, smtplib.SMTPException) as error:
        log.warning("digest not mailed", village=village, reason=type(error).__name__)
