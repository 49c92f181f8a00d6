"""Whom the ledger tells when something is to be looked at: auditors and agreement officers."""

from collections.abc import Iterator

from absah.kernel.clock import Instant
from absah.kernel.errors import Parameter
from absah_site.accounts.access import holders
from absah_site.actors import Account
from absah_site.notices.actions import notify
from absah_site.roles import Permission


def _concerned(now: Instant) -> Iterator[Account]:
    """Each once."""
    told = set()
    for permission in (Permission.LEDGER_EXCHANGE, Permission.LEDGER_READ):
        for account in holders(permission, None, now=now):
            if account.public_id not in told:
                told.add(account.public_id)
                yield account


def tell_concerned(notice: str, /, *, now: Instant, parameters: dict[str, Parameter], link: str, occasion: str) -> None:
    """Tell everybody concerned, each once for an occasion."""
    for account in _concerned(now):
        notify(notice, to=account.reference, at=now, parameters=parameters, link=link, occasion=occasion)
