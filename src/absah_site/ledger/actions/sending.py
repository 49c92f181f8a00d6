"""Giving our checkpoints to the other party: as a download, by mail, or pushed to its address."""

import json
import logging
import re
from typing import Final
from uuid import UUID

from django.db import transaction

from absah.adapters.web_fetch import AnswerUnusable, WebFetcher
from absah.adapters.web_guard import AddressRefused, Guard, Reach
from absah.audit.checkpoint import Checkpoint, build_checkpoint
from absah.audit.entry import FactValue
from absah.audit.heads import SignedHead
from absah.audit.tags import LedgerTag
from absah.kernel.errors import BadInput, Unavailable
from absah_site import composition
from absah_site.accounts.access import authorise
from absah_site.actors import Actor
from absah_site.audit.actions import record
from absah_site.enclosures import Enclosure
from absah_site.ledger.actions.acknowledging import BY_ANSWER, acknowledgement_for, note_acknowledged
from absah_site.ledger.actions.forks import REPORTED, report_fork
from absah_site.ledger.store import counterparts, heads
from absah_site.ledger.store.counterparts import Counterpart
from absah_site.ledger.store.nodes import reading
from absah_site.notices.actions import notify
from absah_site.roles import Permission

KIND: Final = "application/json"
_LARGEST_ANSWER: Final = 64 * 1024
_CODE: Final = re.compile(r"[a-z]+\.[a-z-]{1,60}")

log = logging.getLogger("absah.ledger")


class AnswerNotUnderstood(BadInput):
    """The address of a counterpart answers, but not as an instance does."""

    code = "ledger.answer-not-understood"


def build_for(to: Counterpart | None, /, *, signed: SignedHead | None = None) -> Checkpoint | None:
    """A head (the newest) for a counterpart, or for anybody from the beginning; None when there is no head.

    It goes on from what the counterpart says it keeps, not from what was sent: what got lost on the way is in it again.
    """
    if signed is None:
        newest = heads.newest_head()
        if newest is None:
            return None
        signed = newest[1]
    since = 0 if to is None else min(to.acknowledged_size, signed.head.size)
    said = None if to is None else acknowledgement_for(to, signed)
    issuer = composition.config().name
    return reading(lambda read: build_checkpoint(signed, since, read, issuer=issuer, acknowledges=said))


def checkpoint_for(public_id: UUID | None, /, *, by: Actor) -> Checkpoint | None:
    """The file to hand over; that it was is told by `note_downloaded`."""
    authorise(by, Permission.LEDGER_EXCHANGE)
    return build_for(None if public_id is None else counterparts.find(public_id))


@transaction.atomic
def note_downloaded(public_id: UUID, found: Checkpoint, /, *, by: Actor) -> None:
    """An officer has taken the file along for the other party."""
    authorise(by, Permission.LEDGER_EXCHANGE)
    _note_sent(public_id, found.signed, way="download", actor=by.reference)


def _note_sent(public_id: UUID, signed: SignedHead, *, way: str, actor: str) -> None:
    now, head = composition.clock().now(), signed.head
    counterparts.note_sent(public_id, head.size, now=now)
    facts: dict[str, FactValue] = {"size": head.size, "root": head.root.hex(), "way": way}
    subject = f"counterpart:{public_id}"
    record(at=now, tag=LedgerTag.CHECKPOINT_SENT, actor=actor, subject=subject, facts=facts)


@transaction.atomic
def mail_checkpoint(to: Counterpart, number: int, signed: SignedHead, /) -> None:
    """Have a head mailed to the other party, once: the courier builds the file when the mail leaves."""
    fingerprint = signed.head.log.upper()
    told = notify(
        "ledger.checkpoint-mailed",
        to=to.subject,
        at=composition.clock().now(),
        parameters={
            "entries": signed.head.size,
            "fingerprint": " ".join(fingerprint[at : at + 4] for at in range(0, len(fingerprint), 4)),
        },
        occasion=f"head:{number}",
        enclosure=f"checkpoint:{number}:{to.id}",
    )
    if told:
        _note_sent(to.id, signed, way="mail", actor="system:worker")


def enclosed_checkpoint(reference: str, /) -> tuple[Enclosure, ...]:
    """The file of a mail: `HEAD:COUNTERPART`."""
    number, _, public_id = reference.partition(":")
    signed, to = heads.find_head(int(number)), counterparts.find(UUID(public_id))
    found = None if signed is None or to is None else build_for(to, signed=signed)
    return () if found is None else (as_enclosure(found.size, found.to_bytes()),)


def enclosed_evidence(reference: str, /) -> tuple[Enclosure, ...]:
    """The contradicting files of a party: `COUNTERPART:ROOT`, the one with this root and the newest before it."""
    public_id, _, root = reference.partition(":")
    kept = counterparts.kept(UUID(public_id))
    forked = [one for one in kept if one.checkpoint.signed.head.root.hex() == root]
    others = [one for one in kept if one not in forked and (not forked or one.received_at <= forked[0].received_at)]
    return tuple(as_enclosure(one.checkpoint.size, one.document) for one in (*forked[:1], *others[:1]))


def as_enclosure(size: int, content: bytes, /) -> Enclosure:
    """A checkpoint as a file beside a mail."""
    return Enclosure(name=f"titik-{size}.json", media_type=KIND, content=content)


def push(to: Counterpart, /) -> bool:
    """Send the newest head to the address of a party. False when it is to be tried again."""
    found = build_for(to)
    if found is None:
        return True
    trouble = _posted(to, found)
    with transaction.atomic():
        if trouble:
            log.warning("counterpart %s did not take our checkpoint: %s", to.id, trouble)
            counterparts.note_tried(to.id, trouble, now=composition.clock().now())
        else:
            _note_sent(to.id, found.signed, way="push", actor="system:worker")
            note_acknowledged(to, found.size, how=BY_ANSWER, actor="system:worker")
    return trouble in {"", REPORTED}


def _posted(to: Counterpart, found: Checkpoint) -> str:
    """The code of what went wrong, or nothing. What it says of a fork is told here: trying again changes nothing."""
    fetcher = WebFetcher(Guard(reach=Reach(composition.config().push_checkpoints)), composition.clock())
    try:
        answer = fetcher.ask(to.address, found.to_bytes(), KIND, most=_LARGEST_ANSWER)
    except (Unavailable, AnswerUnusable, AddressRefused) as problem:
        return problem.code
    try:
        written = json.loads(answer.content)
        if answer.status == 200 and written["kept"] == found.size:
            return ""
        code = str(written["code"])
    except (ValueError, KeyError, TypeError, RecursionError):
        return AnswerNotUnderstood.code
    if not _CODE.fullmatch(code):
        return AnswerNotUnderstood.code
    if code == REPORTED:
        report_fork(to, found.size)
    return code
