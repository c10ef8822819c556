"""Health checks: database, index, disk, mail, backups, files."""

import os
import shutil
import sys
import time
from collections.abc import Callable
from datetime import datetime, timedelta

from flask_babel import format_timedelta, ngettext
from flask_babel import gettext as _
from jinja2.filters import do_filesizeformat
from sqlalchemy import func, select, text
from sqlalchemy.exc import SQLAlchemyError

from wiki.accounts.audit_log import last_event
from wiki.admin.checks import Check, passed, unknown, warning
from wiki.admin.worker_registry import Versions, nexus_version, running_versions
from wiki.app_state import current_settings
from wiki.community.webhooks.deliveries import health_of_webhooks
from wiki.config import MEGABYTE
from wiki.database import db, schema, utcnow
from wiki.files.models import FileContent
from wiki.mail.models import Mail, MailState
from wiki.mail.queue import count_mails
from wiki.mail.sender_settings import can_mail
from wiki.search import outbox
from wiki.search.models import OutboxEntry
from wiki.search.service import SEARCH

SLOW_ANSWER = 0.05  # seconds for an empty database query
LAG_LIMIT = timedelta(minutes=1)  # normally, a change can be found within a second
MIN_FREE_SHARE = 0.1  # of the disk
MIN_FREE = 1_000  # megabytes
BACKUP_AGE = timedelta(days=7)
MAIL_WAIT = timedelta(hours=1)


def health_checks() -> list[Check]:
    """The results of all checks. Never raises, whatever is broken."""
    checks = (
        _answer,
        _schema,
        _size,
        _index,
        _disk,
        _files,
        _mail,
        _webhooks,
        _backup,
        _version,
        _processes,
    )
    return [_safely(check) for check in checks]


def _safely(check: Callable[[], Check]) -> Check:
    try:
        return check()
    except (SQLAlchemyError, OSError) as error:
        db.session.rollback()
        reason = type(getattr(error, "orig", None) or error).__name__
        return warning(_("A check failed"), reason, _("See the log of the server."))


def _answer() -> Check:
    name = _("Database")
    took = min(_time_of_answer() for _attempt in range(3))
    shown = _("answers within %(time)s ms", time=f"{took * 1000:.2f}")
    if took < SLOW_ANSWER:
        return passed(name, shown)
    return warning(name, shown, _("Move it nearer to the server, or to a faster disk."))


def _time_of_answer() -> float:
    began = time.perf_counter()
    db.session.execute(text("SELECT 1"))
    return time.perf_counter() - began


def _schema() -> Check:
    name, newest = _("Database schema"), schema.head()
    now = db.session.scalar(text("SELECT version_num FROM alembic_version"))
    if now == newest:
        return passed(name, newest)
    advice = _("Make a backup, then run: nexus init")
    return warning(name, _("%(now)s instead of %(newest)s", now=now, newest=newest), advice)


def _size() -> Check:
    settings = current_settings()
    if settings.is_sqlite:
        file = settings.database_file
        log = file.with_name(file.name + "-wal")
        size = sum(each.stat().st_size for each in (file, log) if each.exists())
    else:
        size = db.session.scalar(text("SELECT pg_database_size(current_database())")) or 0
    return passed(_("Database size"), do_filesizeformat(size))


def _index() -> Check:
    name, search = _("Search index"), SEARCH.current()
    snapshot = search.index.snapshot()
    state, progress = search.index.state(), search.index.progress()
    if snapshot is None or state != "ready":
        advice = _("It builds itself. If this stays, run: nexus search rebuild")
        if progress and progress.total:
            done, total = f"{progress.done:,}", f"{progress.total:,}"
            state = f"{state}: " + _("%(done)s of %(total)s pages", done=done, total=total)
        return warning(name, state, advice)
    position = snapshot.position
    pages = len(outbox.changed_since(db.session(), position))
    lag = search.meaning.lag(snapshot) if search.meaning else 0
    if not pages and lag:
        found = ngettext(
            "up to date; %(num)s page is still to be encoded for search by meaning",
            "up to date; %(num)s pages are still to be encoded for search by meaning",
            lag,
        )
        return passed(name, found)
    if not pages:
        return passed(name, _("up to date"))
    oldest = db.session.scalar(
        select(func.min(OutboxEntry.created_at)).where(OutboxEntry.number > position.number)
    )
    found = ngettext("%(num)s page waits", "%(num)s pages wait", pages)
    if oldest is None or utcnow() - oldest < LAG_LIMIT:
        return passed(name, found)
    advice = _("See the log of the server. To build the index anew: nexus search rebuild")
    return warning(name, f"{found}, {_age(oldest)}", advice)


def _disk() -> Check:
    name = _("Disk of the instance folder")
    usage = shutil.disk_usage(current_settings().instance)
    free, total = do_filesizeformat(usage.free), do_filesizeformat(usage.total)
    found = _("%(free)s free of %(total)s", free=free, total=total)
    is_full = usage.free < MIN_FREE_SHARE * usage.total or usage.free < MIN_FREE * MEGABYTE
    if not is_full:
        return passed(name, found)
    advice = _("Free some space, or move the folder: without any, nothing can be saved.")
    return warning(name, found, advice)


def _files() -> Check:
    settings = current_settings()
    name, bucket = _("Files"), settings.files_store
    count, size = db.session.execute(
        select(func.count(), func.coalesce(func.sum(FileContent.size), 0))
    ).one()
    found = (
        ngettext("%(num)s content", "%(num)s contents", count) + f", {do_filesizeformat(int(size))}"
    )
    if bucket:
        return passed(name, f"{found}, {bucket}")
    folder = settings.instance / "files"
    if not folder.exists() or os.access(folder, os.W_OK | os.X_OK):
        return passed(name, found)
    return warning(name, found, _("Let the server’s user write to %(folder)s.", folder=folder))


def _mail() -> Check:
    name = _("Mail")
    if current_settings().smtp_url is None:
        return unknown(name, _("not set up"), _("Links are handed out by administrators instead."))
    if not can_mail():
        return warning(name, _("no sender"), _("Enter the address of the sender under Options."))
    counts = count_mails()
    found = _(
        "%(waiting)s waiting, %(failed)s failed",
        waiting=counts[MailState.WAITING],
        failed=counts[MailState.FAILED],
    )
    oldest = db.session.scalar(
        select(func.min(Mail.created_at)).where(Mail.state == MailState.WAITING)
    )
    is_stuck = oldest is not None and utcnow() - oldest > MAIL_WAIT
    if not counts[MailState.FAILED] and not is_stuck:
        return passed(name, found)
    return warning(name, found, _("The mail page says why. Send or discard them there."))


def _webhooks() -> Check:
    name, found = _("Webhooks"), health_of_webhooks()
    if not found.count:
        return passed(name, _("none"))
    counts = ", ".join(
        [
            ngettext("%(num)s webhook", "%(num)s webhooks", found.count),
            _("%(count)s switched off by the server", count=found.off),
            ngettext("%(num)s failed message", "%(num)s failed messages", found.failed),
        ]
    )
    if not found.off and not found.failed:
        return passed(name, counts)
    return warning(name, counts, _("Each webhook’s page says why."))


def _backup() -> Check:
    name, event = _("Last backup"), last_event("backup")
    if event is None:
        if not current_settings().is_sqlite:
            advice = _("Nexus can’t see it: make sure that pg_dump or a standby runs.")
            return unknown(name, _("managed by PostgreSQL"), advice)
        advice = _("Run every night, for a copy on another machine: nexus backup FILE")
        return warning(name, _("none"), advice)
    if utcnow() - event.at < BACKUP_AGE:
        return passed(name, _age(event.at))
    return warning(name, _age(event.at), _("Find out why the nightly nexus backup doesn’t run."))


def _version() -> Check:
    python = ".".join(map(str, sys.version_info[:3]))
    dialect = db.session.connection().dialect
    numbers = getattr(dialect, "server_version_info", None) or ()
    database = f"{dialect.name} {'.'.join(map(str, numbers))}"
    workers = ngettext("%(num)s worker", "%(num)s workers", current_settings().workers)
    return passed(_("Versions"), f"Nexus {_nexus()}, Python {python}, {database}, {workers}")


def _nexus() -> str:
    return nexus_version() or str(_("of a checkout"))


def _processes() -> Check:
    """Whether all workers on all machines run the same version."""
    name, found = _("Worker processes"), running_versions()
    if not found:
        return unknown(name, _("none has reported in the last few minutes"))
    shown = "; ".join(map(_versions_words, found))
    if len(found) == 1:
        return passed(name, shown)
    advice = _("Restart the workers with the older version: pages may look different until then.")
    return warning(name, shown, advice)


def _versions_words(found: Versions) -> str:
    workers = ngettext("%(num)s worker", "%(num)s workers", found.workers)
    machines = ngettext("on %(num)s machine", "on %(num)s machines", found.hosts)
    words: str = _(
        "%(workers)s %(machines)s: Nexus %(version)s (%(code)s), tables %(schema)s, renderer "
        "%(renderer)s",
        workers=workers,
        machines=machines,
        version=found.version or _("of a checkout"),
        code=found.code,
        schema=found.schema,
        renderer=found.renderer,
    )
    return words


def _age(then: datetime) -> str:
    ago: str = _("%(time)s ago", time=format_timedelta(utcnow() - then))
    return ago
