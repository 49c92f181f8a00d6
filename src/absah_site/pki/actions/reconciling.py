"""Giving up what processes that died left open. Run at start-up and by the worker."""

from datetime import timedelta

from django.db import transaction

from absah.audit.tags import PkiTag
from absah.kernel.clock import instant
from absah_site import composition
from absah_site.actors import Actor, Operator
from absah_site.audit.actions import record
from absah_site.pki import store
from absah_site.pki.actions.issuance import ABANDONED_AFTER

_RECONCILER = Operator(name="reconcile")


def reconcile(*, by: Actor = _RECONCILER, older_than: timedelta = ABANDONED_AFTER) -> int:
    """Give up intentions of processes that died. Returns how many there were."""
    now = composition.clock().now()
    given_up = 0
    for intent in store.unfinished_intents(before=instant(now - older_than)):
        with transaction.atomic():
            if store.conclude_intents((intent,), state="abandoned", at=now):
                given_up += 1
                record(
                    at=now,
                    tag=PkiTag.ISSUANCE_FAILED,
                    actor=by.reference,
                    subject=f"certificate:{intent.serial}",
                    facts={"issuer": intent.issuer, "state": "abandoned"},
                )
    return given_up
