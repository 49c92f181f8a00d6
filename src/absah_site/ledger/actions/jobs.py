"""What the worker does for the log: have heads stamped, and send checkpoints to whoever has an address."""

from django.db import transaction

from absah.adapters.local_timestamps import LocalTimestamps
from absah.audit.entry import FactValue
from absah.audit.tags import LedgerTag
from absah.kernel.errors import Unavailable
from absah.pki.algorithms import DigestAlgorithm
from absah.pki.tsp import parse_timestamp_token, verify_timestamp_token
from absah_site import composition
from absah_site.audit.actions import record
from absah_site.jobs.actions import Work, register
from absah_site.ledger.actions.heads import PUSH, STAMP
from absah_site.ledger.actions.sending import mail_checkpoint, push
from absah_site.ledger.store import counterparts, heads
from absah_site.pki import access as authorities
from absah_site.pki.access import AuthorityKind


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
    """Give the newest head to every counterpart that does not keep it: pushed, or else by mail."""
    newest = heads.newest_head()
    if newest is None:
        return ""
    number, signed, _ = newest
    size = signed.head.size
    waiting = [one for one in counterparts.counterparts() if one.acknowledged_size < size]
    silent = [one for one in waiting if one.address and not push(one)]
    for one in waiting:
        if one.mail and (one in silent or not one.address):
            mail_checkpoint(one, number, signed)
    if silent:
        raise CounterpartSilent(number=len(silent))
    return f"size:{size}"
