"""Showing that a domain is the agency's: a token is asked for, published by whoever runs the domain, and looked for."""

from typing import Final
from uuid import UUID

from django.db import transaction

from absah.audit.tags import ServerTag
from absah.kernel.errors import WrongState
from absah.kernel.rng import opaque_id
from absah.pki.dns_names import domain_to_prove, parse_dns_name
from absah.pki.domain_control import Method, check_file, check_txt, new_challenge
from absah_site import composition
from absah_site.accounts.access import authorise
from absah_site.actors import About, Actor
from absah_site.audit.actions import record
from absah_site.enrolment.access import agency as known_agency
from absah_site.roles import Permission
from absah_site.servers import access, store
from absah_site.servers.store import Domain

_LARGEST_FILE: Final = 1024


class TokenExpired(WrongState):
    """The token is too old to be shown. Parameter: domain."""

    code = "servers.token-expired"


def ask_domain(agency: UUID, name: str, method: Method, /, *, by: Actor) -> Domain:
    """A fresh token for a domain. Raises DnsNameRefused, DnsNameInner."""
    authorise(by, Permission.SERVER_REQUEST, About(agency=str(agency)))
    known_agency(agency)
    inner = composition.config().inner_names
    bare = domain_to_prove(parse_dns_name(name, inner_allowed=inner))
    now = composition.clock().now()
    made = Domain(
        id=opaque_id(composition.rng()),
        agency=str(agency),
        challenge=new_challenge(bare, method, now=now, rng=composition.rng()),
        asked_by=by.reference,
        asked_at=now,
        shown_at=None,
    )
    with transaction.atomic():
        store.add_domain(made)
        facts = {"agency": str(agency), "domain": bare, "method": method.value}
        record(at=now, tag=ServerTag.DOMAIN_ASKED, actor=by.reference, subject=made.reference, facts=facts)
    return made


def check_domain(identifier: UUID, /, *, by: Actor) -> None:
    """Look whether the token is published. Raises DomainNotShown, TokenExpired, and `Unavailable` where nobody answers.

    Nothing is looked for inside a transaction: a slow name server holds nobody up.
    """
    found = access.domain(identifier)
    authorise(by, Permission.SERVER_REQUEST, About(agency=found.agency))
    challenge = found.challenge
    now = composition.clock().now()
    if now > challenge.expires:
        raise TokenExpired(domain=challenge.domain)
    if challenge.method is Method.DNS:
        check_txt(challenge, access.dns_lookup().txt(challenge.record_name))
    else:
        check_file(challenge, access.web_fetcher().get(challenge.url, most=_LARGEST_FILE))
    with transaction.atomic():
        store.set_shown(found.id, at=now)
        facts = {"agency": found.agency, "domain": challenge.domain, "method": challenge.method.value}
        record(at=now, tag=ServerTag.DOMAIN_SHOWN, actor=by.reference, subject=found.reference, facts=facts)
