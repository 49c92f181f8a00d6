"""The key of the log is handed over to a new one, and everybody who watches the log is told.

Three steps, of which each may be the last that a killed process did: the new key is made and waits beside the old one;
the handover is signed by both and written down, with a head by the new key, in one transaction; the new key takes the
place of the old one, which is gone then. A sequencer that finds its key handed over does the third step itself.
"""

from django.db import transaction

from absah.adapters.log_key import make_next_log_key, open_log_key, take_up_next_log_key
from absah.audit.entry import FactValue
from absah.audit.log_keys import Handover, hand_over
from absah.audit.merkle import root
from absah.audit.tags import LedgerTag
from absah_site import composition
from absah_site.accounts.access import authorise
from absah_site.actors import Operator
from absah_site.audit.actions import record
from absah_site.ledger.actions.heads import publish_head
from absah_site.ledger.actions.sequencing import catch_up
from absah_site.ledger.actions.telling import tell_concerned
from absah_site.ledger.store import handovers, sequence
from absah_site.ledger.store.nodes import reading
from absah_site.ledger.store.sequence import Watch
from absah_site.roles import Permission


def rotate_log_key(*, by: Operator) -> Handover:
    """Give the log a new key. Its first head goes out at once, by push and by mail, and leads from the old key to it.

    Raises LogKeyUnusable; LedgerNotWritten.
    """
    authorise(by, Permission.LEDGER_EXCHANGE)
    data, rng, now = composition.config().data, composition.rng(), composition.clock().now()
    old = open_log_key(data, rng)
    new = make_next_log_key(data, rng)
    catch_up(Watch())
    with transaction.atomic():
        sequence.lock()
        size = sequence.size()
        found = hand_over(old, new, size, reading(lambda read: root(size, read)), now=now)
        handovers.add(found)
        facts: dict[str, FactValue] = {"after": found.after, "size": size, "root": found.root.hex()}
        subject = f"log:{found.before}"
        record(at=now, tag=LedgerTag.KEY_HANDED_OVER, actor=by.reference, subject=subject, facts=facts)
        publish_head(new, now=now)
        tell_concerned(
            "ledger.key-changed",
            now=now,
            parameters={"before": found.before, "after": found.after},
            link="/rekam-jejak/titik/",
            occasion=f"key:{found.after}",
        )
    take_up_next_log_key(data, found.after)
    return found
