"""What the worker does for the log: have heads stamped, and send checkpoints to whoever has an address."""

import logging
from typing import Final

from django.db import transaction

from absah.adapters.local_timestamps import LocalTimestamps
from absah.adapters.web_fetch import AddressRefused, AnswerUnusable, FetchLimits, Reach, WebFetcher
from absah.audit.entry import FactValue
from absah.audit.tags import LedgerTag
from absah.kernel.errors import Unavailable
from absah.pki.algorithms import DigestAlgorithm
from absah.pki.tsp import parse_timestamp_token, verify_timestamp_token
from absah_site import composition
from absah_site.audit.actions import record
from absah_site.jobs.actions import Work, register
from absah_site.ledger.actions.exchanging import build_for
from absah_site.ledger.actions.heads import PUSH, STAMP
from absah_site.ledger.store import counterparts, heads
from absah_site.ledger.store.counterparts import Counterpart
from absah_site.pki import access as authorities
from absah_site.pki.access import AuthorityKind

KIND: Final = "application/json"
_LARGEST_ANSWER: Final = 64 * 1024

log = logging.getLogger("absah.ledger")


class CounterpartSilent(Unavailable):
    """A counterpart did not take our checkpoint. Parameter: number."""

    code = "ledger.counterpart-silent"


def register_jobs() -> None:
    """Make both kinds known."""
    register(STAMP, stamp_head, retries=20)
    register(PUSH, push_checkpoints, retries=10)


def _number(reference: str) -> int:
    return int(reference.partition(":")[2])


def stamp_head(work: Work, /) -> str:
    """Have our own time-stamping authority stamp a head, where there is one."""
    number = _number(work.reference)
    signed = heads.find_head(number)
    stampers = authorities.services(AuthorityKind.TSA, now=composition.clock().now())
    stamper = stampers[0].credential if stampers else None
    if signed is None or signed.timestamp or stamper is None:
        return ""
    desk = LocalTimestamps(composition.signer(), stamper, composition.rng(), check_clock=composition.check_clock)
    token = desk.timestamp(signed.imprint, DigestAlgorithm.SHA256)
    verify_timestamp_token(parse_timestamp_token(token), signed.imprint)
    with transaction.atomic():
        heads.add_stamp(number, token)
        now = composition.clock().now()
        facts: dict[str, FactValue] = {"size": signed.head.size}
        record(at=now, tag=LedgerTag.HEAD_STAMPED, actor="system:worker", subject=f"log:{signed.head.log}", facts=facts)
    return f"head:{number}"


def push_checkpoints(_work: Work, /) -> str:
    """Send the newest head to every counterpart that has an address and does not know it."""
    newest = heads.newest_head()
    if newest is None:
        return ""
    size = newest[1].head.size
    waiting = [one for one in counterparts.counterparts() if one.address and one.sent_size < size]
    silent = [one.id for one in waiting if not _push(one)]
    if silent:
        raise CounterpartSilent(number=len(silent))
    return f"size:{size}"


def _push(to: Counterpart) -> bool:
    """Whether it was taken."""
    found = build_for(to)
    if found is None:
        return True
    reach = Reach(composition.config().push_checkpoints)
    fetcher = WebFetcher(reach, composition.clock(), FetchLimits())
    try:
        fetcher.post(to.address, found.to_bytes(), KIND, most=_LARGEST_ANSWER)
    except (Unavailable, AnswerUnusable, AddressRefused) as problem:
        log.warning("counterpart %s was not reached: %s", to.id, problem.code)
        return False
    now = composition.clock().now()
    with transaction.atomic():
        counterparts.note_sent(to.id, found.size, now=now)
        facts: dict[str, FactValue] = {"size": found.size, "root": found.signed.head.root.hex()}
        record(at=now, tag=LedgerTag.CHECKPOINT_SENT, actor="system:worker", subject=to.subject, facts=facts)
    return True
