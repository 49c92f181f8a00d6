"""Reading domains and orders, and the ways to look whether a token was published."""

from uuid import UUID

from absah.adapters.dns_lookup import DnsLookup, SystemDns
from absah.adapters.web_fetch import WebFetcher
from absah.adapters.web_guard import Guard, Reach
from absah.kernel.clock import Instant
from absah.kernel.errors import NotFound
from absah.pki.dns_names import DnsName
from absah.pki.domain_control import reusable_until, speaks_for
from absah_site import composition
from absah_site.actors import Account
from absah_site.roles import Permission, Role
from absah_site.servers import store
from absah_site.servers.store import Domain, Order, OrderState

__all__ = ["Domain", "DomainUnknown", "Order", "OrderState", "OrderUnknown"]


class DomainUnknown(NotFound):
    """There is no such domain, or it is another agency's."""

    code = "servers.domain-unknown"


class OrderUnknown(NotFound):
    """There is no such request, or it is another agency's."""

    code = "servers.order-unknown"


def agencies_of(account: Account, /) -> tuple[str, ...]:
    """The agencies for whose servers a person cares."""
    return account.own_agencies(Permission.SERVER_REQUEST)


def domain(identifier: UUID, /) -> Domain:
    """By its id."""
    found = store.find_domain(identifier)
    if found is None:
        raise DomainUnknown
    return found


def order(identifier: UUID, /) -> Order:
    """By its id."""
    found = store.find_order(identifier)
    if found is None:
        raise OrderUnknown
    return found


def issued_order_for(account: Account, identifier: UUID, /) -> Order:
    """An order whose certificate was issued, of a person's agency; the registration authority's people see more."""
    found, looked_after = order(identifier), account.agencies_as(Role.RA)
    theirs = looked_after is None or found.agency in looked_after.union(agencies_of(account))
    if not theirs or found.state is not OrderState.ISSUED:
        raise OrderUnknown
    return found


def domains_for(account: Account, /) -> tuple[Domain, ...]:
    """The domains of a person's agencies."""
    return store.domains_of(agencies_of(account))


def orders_for(account: Account, /) -> tuple[Order, ...]:
    """What a person's agencies have asked for."""
    return store.orders_of(agencies_of(account))


def waiting_orders() -> tuple[Order, ...]:
    """What waits for the registration authority."""
    return store.pending_orders()


def shown_until(found: Domain, /, *, now: Instant) -> Instant | None:
    """Until when a domain may be relied on; None when it was not shown, or too long ago."""
    if found.shown_at is None:
        return None
    until = reusable_until(found.shown_at, now=now)
    return until if now <= until else None


def proven(name: DnsName, agency: str, /, *, now: Instant) -> Domain | None:
    """A domain of the agency that speaks for a name today."""
    for found in store.domains_of((agency,)):
        if shown_until(found, now=now) and speaks_for(name, found.challenge.domain, found.challenge.method):
            return found
    return None


def dns_lookup() -> DnsLookup:
    """The name servers of this machine."""
    return SystemDns()


def web_fetcher() -> WebFetcher:
    """What fetches the file: from public addresses, unless inner names are allowed here."""
    reach = Reach.ANYBODY if composition.config().inner_names else Reach.PUBLIC
    return WebFetcher(Guard(reach=reach), composition.clock())
