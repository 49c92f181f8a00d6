"""Asking for a certificate of a server, machine or application, and deciding about it.

The subject comes from the registration of the agency, never from the request; of the request only the key counts,
after its proof. Who asks is of the agency, who decides is of the registration authority. At the decision everything is
looked at again: domains, CAA, the profile. What is not issued then waits again.
"""

from dataclasses import dataclass
from urllib.parse import urlsplit
from uuid import UUID

from django.db import transaction

from absah.audit.entry import FactValue
from absah.audit.tags import ServerTag
from absah.kernel.clock import instant
from absah.kernel.errors import AbsahError, BadInput, NotAllowed, RuleBroken, WrongState
from absah.kernel.refs import Citation, Norm
from absah.kernel.rng import opaque_id
from absah.pki.dns_names import DnsName, parse_dns_names
from absah.pki.domain_control import check_caa
from absah.pki.names import MachineName, ServerName
from absah.pki.profiles import Purpose, load_profile
from absah.pki.requests import parse_certificate_request, request_in_der
from absah_site import composition
from absah_site.accounts.access import authorise
from absah_site.actors import About, Actor, Operator
from absah_site.audit.actions import record
from absah_site.enrolment.access import agency as known_agency
from absah_site.oversight.actions import check_accepted
from absah_site.pki.access import certificates_of
from absah_site.pki.actions import IssuanceRequest, issue_certificate
from absah_site.pki.actions.issuance import ABANDONED_AFTER
from absah_site.roles import Permission
from absah_site.servers import access, store
from absah_site.servers.access import OrderUnknown
from absah_site.servers.store import Order, OrderState

_RECONCILER = Operator(name="reconcile")


class ProductUnknown(BadInput):
    """No certificate of this kind is asked for here. Parameter: profile."""

    code = "servers.product-unknown"


class NameNotProven(RuleBroken):
    """No domain of the agency speaks for this name today. Parameter: name."""

    code = "servers.name-not-proven"
    citation = Citation(norm=Norm.CABF_TLS_BR, clause="4.2.1")


class OrderDecided(WrongState):
    """Somebody has decided already. Parameter: state."""

    code = "servers.order-decided"


class OwnOrder(NotAllowed):
    """Nobody approves what he asked for himself."""

    code = "servers.own-order"


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """What an agency asks for. `names` are those of servers, `common_name` is that of a machine or application."""

    agency: UUID
    profile: str
    request: bytes
    names: tuple[str, ...] = ()
    common_name: str = ""


def place_order(wanted: Wanted, /, *, by: Actor) -> Order:
    """Ask for it. Raises ProductUnknown, NameNotProven, RequestNotProven and those of names and keys."""
    authorise(by, Permission.SERVER_REQUEST, About(agency=str(wanted.agency)))
    purpose = _purpose(wanted.profile)
    request = request_in_der(wanted.request)
    parse_certificate_request(request)
    names: tuple[DnsName, ...] = ()
    if purpose.names_servers:
        names = parse_dns_names(wanted.names, inner_allowed=composition.config().inner_names)
    now = composition.clock().now()
    made = Order(
        id=opaque_id(composition.rng()),
        agency=str(wanted.agency),
        profile=wanted.profile,
        names=names,
        common_name="" if purpose is Purpose.TLS_SERVER else wanted.common_name.strip(),
        request=request,
        state=OrderState.PENDING,
        asked_by=by.reference,
        asked_at=now,
    )
    _subject(made)
    _check_proven(made)
    with transaction.atomic():
        store.add_order(made)
        facts: dict[str, FactValue] = {"agency": made.agency, "profile": made.profile, "names": made.names}
        record(at=now, tag=ServerTag.ORDER_PLACED, actor=by.reference, subject=made.reference, facts=facts)
    return made


def _purpose(profile: str) -> Purpose:
    if profile not in {Purpose.TLS_SERVER, Purpose.TLS_CLIENT, Purpose.APPLICATION}:
        raise ProductUnknown(profile=profile[:40])
    return load_profile(profile).purpose


def _subject(order: Order) -> ServerName | MachineName:
    """From the registration of the agency."""
    agency = known_agency(UUID(order.agency)).agency
    if order.profile == Purpose.TLS_SERVER:
        return ServerName(organisation=agency.name, locality=agency.city, province=agency.province)
    return MachineName(
        common_name=order.common_name,
        units=(),
        organisation=agency.name,
        locality=agency.city,
        province=agency.province,
    )


def _check_proven(order: Order) -> None:
    now = composition.clock().now()
    for name in order.names:
        if access.proven(DnsName(name), order.agency, now=now) is None:
            raise NameNotProven(name=name)


def _check_caa(order: Order) -> None:
    if order.profile != Purpose.TLS_SERVER:
        return
    ours = urlsplit(composition.config().base_url).hostname or ""
    dns = access.dns_lookup()
    for name in order.names:
        check_caa(DnsName(name), dns.caa(DnsName(name)), ours, wildcard=name.startswith("*."))


def refuse_order(identifier: UUID, /, *, by: Actor) -> None:
    """It is not issued."""
    _decide(identifier, OrderState.REFUSED, ServerTag.ORDER_REFUSED, by=by)


def approve_order(identifier: UUID, /, *, by: Actor) -> Order:
    """Look at everything again, then have it issued. What fails leaves the order waiting.

    Raises NameNotProven, IssuerNotAuthorised, ProfileNotAccepted and those of issuance.
    """
    found = access.order(identifier)
    authorise(by, Permission.CERTIFICATE_ISSUE, About(agency=found.agency))
    check_accepted(found.profile)
    _check_proven(found)
    _check_caa(found)
    subject = _subject(found)
    _decide(identifier, OrderState.ISSUING, ServerTag.ORDER_APPROVED, by=by)
    try:
        issued = issue_certificate(
            IssuanceRequest(
                profile=found.profile,
                subject=subject,
                public_key=parse_certificate_request(found.request).public_key,
                credential=None,
                holder=found.id.hex,
                agency=found.agency,
                dns_names=found.names,
            ),
            by=by,
        )
    except AbsahError:
        _return(found, by=by)
        raise
    _close(found, issued.serial, by=by)
    return access.order(identifier)


def reconcile() -> int:
    """End what a process left in the middle when it died: issued, if the register has the certificate, else waiting.

    Returns how many there were.
    """
    before = instant(composition.clock().now() - ABANDONED_AFTER)
    unfinished = store.issuing_orders(before=before)
    for found in unfinished:
        certificates = certificates_of(found.id.hex)
        if certificates:
            _close(found, certificates[0].serial, by=_RECONCILER, decided_by=found.decided_by)
        else:
            _return(found, by=_RECONCILER)
    return len(unfinished)


def _decide(identifier: UUID, state: OrderState, tag: ServerTag, *, by: Actor) -> None:
    with transaction.atomic():
        found = store.lock_order(identifier)
        if found is None:
            raise OrderUnknown
        authorise(by, Permission.CERTIFICATE_ISSUE, About(agency=found.agency))
        if found.state is not OrderState.PENDING:
            raise OrderDecided(state=found.state.value)
        if found.asked_by == by.reference:
            raise OwnOrder
        now = composition.clock().now()
        store.set_state(identifier, state, by=by.reference, at=now)
        facts = {"agency": found.agency, "profile": found.profile}
        record(at=now, tag=tag, actor=by.reference, subject=found.reference, facts=facts)


def _close(found: Order, serial: str, *, by: Actor, decided_by: str = "") -> None:
    now = composition.clock().now()
    with transaction.atomic():
        store.set_state(found.id, OrderState.ISSUED, by=decided_by or by.reference, at=now, serial=serial)
        facts = {"agency": found.agency, "profile": found.profile, "serial": serial}
        record(at=now, tag=ServerTag.ORDER_ISSUED, actor=by.reference, subject=found.reference, facts=facts)


def _return(found: Order, *, by: Actor) -> None:
    """Nothing was issued: it waits again."""
    now = composition.clock().now()
    with transaction.atomic():
        store.set_waiting(found.id)
        facts = {"agency": found.agency, "profile": found.profile}
        record(at=now, tag=ServerTag.ORDER_RETURNED, actor=by.reference, subject=found.reference, facts=facts)
