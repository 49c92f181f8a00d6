"""Keys of our log that were handed over to the next."""

from absah.audit.log_keys import Handover, LogId
from absah.audit.merkle import Hash
from absah.kernel.clock import instant
from absah_site.ledger.models import Handover as Row


def add(one: Handover, /) -> None:
    """Keep a handover. The database refuses a second one from or to a key."""
    Row.objects.create(
        before=one.before,
        after=one.after,
        at=one.at,
        size=one.size,
        root=one.root,
        old_key=one.old_key,
        new_key=one.new_key,
        by_old=one.by_old,
        by_new=one.by_new,
    )


def handovers() -> tuple[Handover, ...]:
    """All of them, the oldest first."""
    return tuple(
        Handover(
            at=instant(row.at),
            size=int(row.size),
            root=Hash(bytes(row.root)),
            old_key=bytes(row.old_key),
            new_key=bytes(row.new_key),
            by_old=bytes(row.by_old),
            by_new=bytes(row.by_new),
        )
        for row in Row.objects.order_by("pk")
    )


def chain_to(log: LogId, known: tuple[Handover, ...], /) -> tuple[Handover, ...]:
    """Those that lead to a key, the oldest first."""
    chain: list[Handover] = []
    leading = {one.after: one for one in known}
    while (one := leading.pop(log, None)) is not None:
        chain.insert(0, one)
        log = one.before
    return tuple(chain)


def successor(log: LogId, /) -> LogId | None:
    """The key that this one was handed over to."""
    found = Row.objects.filter(before=log).values_list("after", flat=True).first()
    return None if found is None else LogId(found)
