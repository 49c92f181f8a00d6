"""Certificates of responders: issued for a few days, followed by the next before they end, without anybody's hand.

Two kinds. The responder process makes its own keys and asks through a folder (`adapters.responder_keys`); the answers
that go into signatures (B-LT) are signed by a key in the signer process, which gets a successor here.
"""

from contextlib import suppress
from dataclasses import dataclass
from datetime import timedelta
from typing import Final

from absah.adapters.key_vault import ByService
from absah.adapters.responder_keys import ResponderFolder, WaitingRequest
from absah.adapters.signer.errors import CredentialUnknown
from absah.kernel.clock import Instant
from absah.kernel.errors import AbsahError, BadInput, RuleBroken
from absah.pki.algorithms import KeyAlgorithm
from absah.pki.certificates import load_certificate
from absah.pki.names import AuthorityName
from absah.pki.requests import parse_certificate_request
from absah.signing.ports import CredentialId
from absah_site import composition
from absah_site.accounts.access import authorise
from absah_site.actors import Actor, Operator
from absah_site.pki import access
from absah_site.pki.actions.authorities import record_authority
from absah_site.pki.actions.issuance import issue_certificate
from absah_site.pki.actions.issuance_requests import IssuanceRequest
from absah_site.pki.store import AuthorityKind, RegisteredAuthority
from absah_site.roles import Permission

PROFILE: Final = "ocsp-responder"
#: How long the certificate of the responder process lasts; it asks for the next when half of it is over.
LASTING: Final = timedelta(days=7)
#: Certificates for one responder come no faster than this, whatever lies in its folder.
_NOT_FASTER: Final = timedelta(hours=1)
#: The signer's responder is followed by the next when so much of its life is left.
_FOLLOWED_BEFORE: Final = timedelta(days=10)
_WORKER: Final = Operator(name="worker")


@dataclass(frozen=True, slots=True, kw_only=True)
class _Service:
    """What the keys of a responder process are certified for. The name is put in front of its issuer's."""

    name: str
    profile: str
    lasting: timedelta


_OCSP: Final = _Service(name="OCSP", profile=PROFILE, lasting=LASTING)
#: A time-stamp is verified for years: its certificate lasts three, and signs for half of them.
_TSA: Final = _Service(name="TSA", profile="tsa", lasting=timedelta(days=3 * 365))


def certify_responders(*, by: Actor = _WORKER) -> int:
    """Issue what responder processes ask for. Returns how many certificates were issued."""
    authorise(by, Permission.AUTHORITY_MANAGE)
    now = composition.clock().now()
    data, issuers = composition.config().data, access.services(AuthorityKind.ISSUING, now=now)
    asking = [(ResponderFolder(data, "ocsp", issuer.slug), _OCSP, issuer) for issuer in issuers]
    # The instance has one time-stamping authority, under the CA that issues today.
    asking += [(ResponderFolder(data, "tsa", "unit"), _TSA, issuer) for issuer in issuers[:1]]
    return sum(_certify_waiting(*one, now, by=by) for one in asking)


def _certify_waiting(
    folder: ResponderFolder, service: _Service, issuer: RegisteredAuthority, now: Instant, *, by: Actor
) -> int:
    last = folder.last_certified()
    if last is not None and now - last < _NOT_FASTER and not folder.is_due(now=now):
        return 0
    return sum(_certify(folder, request, service, issuer, by=by) for request in folder.waiting()[:1])


def _certify(
    folder: ResponderFolder, request: WaitingRequest, service: _Service, issuer: RegisteredAuthority, *, by: Actor
) -> bool:
    try:
        asked = parse_certificate_request(request.request)
        issued = issue_certificate(
            IssuanceRequest(
                profile=service.profile,
                subject=_name_under(issuer, service.name),
                public_key=asked.public_key,
                credential=None,
                issuer=issuer.slug,
                lasting=service.lasting,
            ),
            by=by,
        )
    except (BadInput, RuleBroken):
        folder.discard(request.name)  # the responder will ask again, with another key
        raise
    folder.deliver(request.name, issued.certificate)
    return True


def follow_responders(*, by: Actor = _WORKER) -> int:
    """Give each issuing CA's responder in the signer a successor before its certificate ends. Returns how many."""
    authorise(by, Permission.AUTHORITY_MANAGE)
    now = composition.clock().now()
    followed = 0
    for issuer in access.services(AuthorityKind.ISSUING, now=now):
        current = access.responder_of(issuer, now=now)
        if current is None or current.not_after - now <= _FOLLOWED_BEFORE:
            _follow(issuer, now, by=by)
            followed += 1
    return followed


def _follow(issuer: RegisteredAuthority, now: Instant, *, by: Actor) -> None:
    signer = composition.signer()
    credential = CredentialId(f"ocsp-{issuer.slug}-{now:%Y%m%d%H%M%S}")
    with suppress(CredentialUnknown):  # left by a process that died within this second
        signer.drop_pending(credential)
    public_key = signer.create_key(credential, kind="ocsp", algorithm=KeyAlgorithm.P256, protection=ByService())
    try:
        issued = issue_certificate(
            IssuanceRequest(
                profile=PROFILE,
                subject=_name_under(issuer, _OCSP.name),
                public_key=public_key,
                credential=credential,
                issuer=issuer.slug,
            ),
            by=by,
        )
    except AbsahError:
        signer.drop_pending(credential)
        raise
    signer.attach_certificate(credential, issued.certificate, issued.chain)
    record_authority(
        slug=credential[:40],
        kind=AuthorityKind.OCSP.value,
        certificate=issued.certificate,
        credential=credential,
        now=now,
        by=by,
    )


def _name_under(issuer: RegisteredAuthority, service: str) -> AuthorityName:
    """The name of a responder: its issuer's organisation, and a common name of its own (RFC 5280 §4.1.2.6)."""
    above = AuthorityName.from_x509(load_certificate(issuer.certificate).subject)
    return AuthorityName(common_name=f"{service} {above.common_name}"[:64], organisation=above.organisation)
