"""A digest an area and civil day: a file, and a message where SMTP is configured. No names, no numbers of persons.

A village's lists its new warnings, a township's and a county's what is on watch in its area; each what it has to deliver.
"""

import smtplib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from email.message import EmailMessage
from pathlib import Path
from urllib.parse import parse_qs, unquote, urlsplit

import structlog

from consumers.notifier import areas, reminding
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


def write_due(conn: Connection, settings: Settings, book: PackBook, looked: dict[str, date]) -> int:
    """Make the digests that are due, one an area and civil day of the county; how many.

    They are those of areas with notices that no digest lists, and of areas that are to be reminded of something.
    `looked` remembers of which day each county's reminders were made, so that a board is read once a day; a process that
    has forgotten it makes none a second time, for the day's digest is there.

    The file is written before the commit that says so, and is written again after a crash between the two; a message
    is recorded before it is sent, for one twice is worse than one that the file replaces.
    """
    days = conn.execute("SELECT county_code, civil_date FROM county WHERE civil_date IS NOT NULL ORDER BY 1").fetchall()
    made = 0
    for county, day in days:
        found = None if looked.get(county) == day else reminding.of_today(conn, book, county, day)
        if found is None and looked.get(county) != day:
            continue
        reminded = found.by_area if found is not None else {}
        for area in sorted(
            {*reminded, *_waiting(conn, county), *areas.waiting(conn, county)} - _listed(conn, county, day)
        ):
            text = _make(conn, settings, book, area, day, reminding.reminder_lines(reminded.get(area, ())))
            if text is None:
                continue
            made += 1
            if settings.smtp_url:
                _send(settings.smtp_url, settings.smtp_from, area, day, text)
        looked[county] = day
    return made


def _waiting(conn: Connection, county: str) -> set[str]:
    """The villages of a county with notices that no digest lists."""
    rows = conn.execute(
        "SELECT DISTINCT village_code FROM notice WHERE digest_day IS NULL AND level IS NULL AND starts_with(village_code, %s)",
        (county,),
    )
    return {row[0] for row in rows}


def _listed(conn: Connection, county: str, day: date) -> set[str]:
    """The areas of a county that have their digest of the day."""
    rows = conn.execute("SELECT area FROM digest WHERE day = %s AND starts_with(area, %s)", (day, county)).fetchall()
    conn.commit()
    return {row[0] for row in rows}


def _make(
    conn: Connection, settings: Settings, book: PackBook, area: str, day: date, reminders: Sequence[str]
) -> str | None:
    """Write one digest in one transaction; None when another process was faster."""
    channels = ["file", "smtp"] if settings.smtp_url else ["file"]
    rows = conn.execute(
        "INSERT INTO digest (area, day, channel, made_at) SELECT %s, %s, unnest(%s::text[]), %s "
        "ON CONFLICT DO NOTHING RETURNING channel",
        (area, day, channels, datetime.now(UTC)),
    ).fetchall()
    if not rows:
        conn.rollback()
        return None
    listed = conn.execute(
        "WITH listed AS (UPDATE notice SET digest_day = %s WHERE village_code = %s AND digest_day IS NULL AND level IS NULL "
        "RETURNING warning_id, risk, since, due_on) SELECT risk, since, due_on, count(DISTINCT warning_id) FROM listed "
        "GROUP BY 1, 2, 3 ORDER BY 3 NULLS LAST, 2, 1",
        (day, area),
    ).fetchall()
    labels = risk_words(book, area[:6])
    names = {pack.county_code: pack.county_name for pack in book.packs.values()}
    warnings = [Line(labels.get(risk, risk), *rest) for risk, *rest in listed]
    on_watch = areas.digest_lines(conn, area, day, names, labels)
    text = digest_text(area_name(area, names), day, warnings, reminders, on_watch)
    write_file(settings.data_dir, area, day, text)
    conn.commit()
    return text


def risk_words(book: PackBook, county: str) -> dict[str, str]:
    """The county's words for its risks, the latest pack's where its packs differ; another county's for one it has no word for."""
    packs = sorted(book.packs.values(), key=lambda pack: pack.county_code == county)  # stable: by day within a county
    return {risk: label for pack in packs for risk, label in pack.risk_labels.items()}


def digest_text(
    area_name: str, day: date, lines: Sequence[Line], reminders: Sequence[str] = (), on_watch: Sequence[str] = ()
) -> str:
    """The digest as people read it: new warnings, what is on watch, then what is to be delivered."""
    told = []
    if lines:
        told += [f"{area_name} {day} 新预警 {sum(line.count for line in lines)} 条", *_warning_lines(lines)]
        told.append("请登录收件箱查看农户并核实。")
    if on_watch:
        told += [f"{area_name} {day} 新区域预警 {len(on_watch)} 项", *on_watch]
        told.append("只提示到哪里去看；详情见“区域预警”页。")
    if reminders:
        told += [f"{area_name} {day} 报送提醒 {len(reminders)} 项", *reminders]
        told.append("没有可报的，请做零报告；详情见“报送”页。")
    return "\n".join(told) + "\n"


def _warning_lines(lines: Sequence[Line]) -> list[str]:
    return [
        f"- {line.risk}：{line.count} 条，自 {line.since} 起"
        + (f"，请于 {line.due_on} 前核实" if line.due_on else "，文件未规定核实期限")
        for line in lines
    ]


def write_file(data_dir: Path, area: str, day: date, text: str) -> Path:
    """`DIR/digests/<day>/<area>.txt`, whole or not at all."""
    directory = data_dir / "digests" / day.isoformat()
    directory.mkdir(parents=True, exist_ok=True)
    path = directory / f"{area}.txt"
    new = path.with_suffix(".new")
    new.write_text(text, encoding="utf-8")
    new.replace(path)
    return path


def _send(url: str, sender: str, area: str, day: date, text: str) -> None:
    """`smtp[s]://[user:password@]host[:port]?to=area-{area}@county.example`; without `to`, the level (village, township,
    county) and the code at the sender's domain. `{village}` stands for the code of any area, as `{area}` does.
    """
    parts = urlsplit(url)
    level = {12: "village", 9: "township"}.get(len(area), "county")
    to = parse_qs(parts.query).get("to", [f"{level}-{{area}}@{sender.rpartition('@')[2]}"])[0]
    message = EmailMessage()
    message["From"], message["To"] = sender, to.replace("{village}", area).replace("{area}", area)
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
        log.warning("digest not mailed", area=area, reason=type(error).__name__)
