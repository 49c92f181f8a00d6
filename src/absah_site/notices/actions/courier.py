"""The courier: takes deliveries that are due in hand, sends them, tries again, gives up.

A delivery is taken in a transaction before anything is sent. A courier that dies with a delivery in hand lets go of it
ten minutes later, and the mail may then be sent twice, with the same Message-ID: never not at all.
"""

import logging
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from smtplib import SMTPException, SMTPRecipientsRefused, SMTPResponseException
from typing import Final
from urllib.parse import urlsplit

from django.core.mail import EmailMessage, get_connection
from django.core.mail.backends.base import BaseEmailBackend
from django.db import transaction

from absah.audit.entry import FactValue
from absah.audit.tags import NoticeTag
from absah.kernel.clock import Instant, instant
from absah.notices.content import Content
from absah.notices.mail import Sender, letter, letter_of_many
from absah.notices.schedule import next_attempt
from absah_site import composition
from absah_site.actors import Actor
from absah_site.audit.actions import record
from absah_site.directory import Contact, contact_of
from absah_site.enclosures import enclosures_of
from absah_site.mail_settings import MailWay
from absah_site.notices import store
from absah_site.notices.store import Errand
from absah_site.return_addresses import return_address

log = logging.getLogger("absah.notices")

AT_ONCE: Final = 50
#: A notice and what it said are kept this long.
KEPT: Final = timedelta(days=400)
_FORGOTTEN_AT_ONCE: Final = 1000


@dataclass(frozen=True, slots=True, kw_only=True)
class _Failed:
    """Why a mail did not leave; `final` when trying again is useless (RFC 5321 §4.2.1: 5yz)."""

    error: str
    final: bool


def deliver_due(limit: int = AT_ONCE, /) -> int:
    """Send what is due, at most so much. Returns how many mails left. Does nothing while mail is to wait."""
    config = composition.config()
    if config.mail_way is MailWay.WAIT:
        return 0
    now = composition.clock().now()
    with transaction.atomic():
        errands = store.take_due(limit, now=now, vault=composition.personal_data())
    if not errands:
        return 0
    connection = get_connection()
    failed = _attempt(connection.open)
    if failed is not None:
        for errand in errands:
            _fail(errand, failed, now)
        return 0
    try:
        return sum(_carry(mail, connection, now) for mail in _in_mails(errands))
    finally:
        _attempt(connection.close)


def _in_mails(errands: tuple[Errand, ...]) -> list[tuple[Errand, ...]]:
    """Which errands make a mail together: those of one person and of one kind that is gathered; the others alone."""
    mails: dict[object, list[Errand]] = {}
    for errand in errands:
        content = errand.notice.content
        together = content is not None and content.kind.gathered and not content.enclosure
        mails.setdefault((errand.recipient, errand.notice.kind) if together else errand.id, []).append(errand)
    return [tuple(mail) for mail in mails.values()]


def _carry(errands: tuple[Errand, ...], connection: BaseEmailBackend, now: Instant) -> bool:
    """Send one mail; whether it left."""
    first = errands[0]
    contact, content = contact_of(first.recipient), first.notice.content
    if contact is None or content is None:
        with transaction.atomic():
            for errand in errands:
                store.end_delivery(errand.id, "dropped", at=now, error="no-address" if content else "no-content")
            if content is not None and content.kind.private:
                store.erase_content(first.notice.id)
        return False
    failed = _attempt(lambda: connection.send_messages([_mail(errands, contact, content)]))
    if failed is not None:
        for errand in errands:
            _fail(errand, failed, now)
        return False
    with transaction.atomic():
        for errand in errands:
            store.end_delivery(errand.id, "sent", at=now)
        if content.kind.private:
            store.erase_content(first.notice.id)
    return True


def _mail(errands: tuple[Errand, ...], contact: Contact, content: Content) -> EmailMessage:
    """One notice as a mail, or many of a kind as one. `content` is what the first says."""
    config, first = composition.config(), errands[0]
    sender = Sender(name=config.name, base_url=config.base_url, trial=config.trial)
    language = store.wishes(first.recipient).language
    if len(errands) > 1:
        contents = tuple(one.notice.content for one in errands if one.notice.content is not None)
        words = letter_of_many(contents, sender, language, name=contact.name)
    else:
        words = letter(content, sender, language, name=contact.name)
    host = urlsplit(config.base_url).hostname
    headers = {"Message-ID": f"<{first.notice.id}@{host}>", "Auto-Submitted": "auto-generated"}  # RFC 3834 §5
    answers = return_address(config.mail.replies, first.recipient, content.link)
    mail = EmailMessage(
        words.subject,
        words.text,
        config.mail.sender,
        [contact.address],
        headers=headers,
        reply_to=[answers] if answers else None,
    )
    for one in enclosures_of(content.enclosure) if content.enclosure else ():
        mail.attach(one.name, one.content, one.media_type)
    return mail


def _attempt(step: Callable[[], object]) -> _Failed | None:
    """Do something with the mail server; what went wrong, without a word of its answer, which may name people."""
    try:
        step()
    except SMTPRecipientsRefused as refused:
        codes = [code for code, _ in refused.recipients.values()]
        return _Failed(error=f"smtp-{codes[0]}" if codes else "smtp", final=bool(codes) and codes[0] >= 500)
    except SMTPResponseException as refused:
        return _Failed(error=f"smtp-{refused.smtp_code}", final=False)
    except (SMTPException, OSError, ValueError) as problem:
        return _Failed(error=type(problem).__name__, final=False)
    return None


def _fail(errand: Errand, failed: _Failed, now: Instant) -> None:
    again = None if failed.final else next_attempt(errand.attempts, now=now)
    with transaction.atomic():
        if again is not None:
            store.put_off(errand.id, due=again, error=failed.error)
            return
        store.end_delivery(errand.id, "dead", at=now, error=failed.error)
        facts: dict[str, FactValue] = {"error": failed.error, "attempts": errand.attempts}
        subject = f"notice:{errand.notice.id}"
        record(at=now, tag=NoticeTag.DELIVERY_ABANDONED, actor="system:courier", subject=subject, facts=facts)
    log.warning("a notice was not delivered: %s", failed.error)


@transaction.atomic
def revive_dead(*, by: Actor, at: Instant) -> int:
    """Try again what was given up, when the mail server is mended. Returns how many."""
    number = store.revive(now=at)
    if number:
        facts = {"number": number}
        record(at=at, tag=NoticeTag.DELIVERIES_REVIVED, actor=by.reference, subject="notices:dead", facts=facts)
    return number


@transaction.atomic
def forget_old() -> int:
    """Remove notices whose time is over. Returns how many, at most a thousand."""
    now = composition.clock().now()
    return store.forget_before(instant(now - KEPT), limit=_FORGOTTEN_AT_ONCE)
