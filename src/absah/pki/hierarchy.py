"""What stands above subscribers: roots, issuing CAs, links between roots; and authorities that come from outside.

Orders for authorities of ours are made here, and what others made is looked at here before it is relied on: an
existing CA that is taken over, or a certificate that an outside root gave to a key of ours.
"""

from dataclasses import dataclass, field
from datetime import timedelta

from cryptography import x509
from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm

from absah.kernel.clock import Instant
from absah.kernel.errors import BadInput, RuleBroken
from absah.kernel.refs import Citation, Norm
from absah.kernel.rng import Serial
from absah.pki import der
from absah.pki.algorithm_identifiers import encode_signature_algorithm
from absah.pki.algorithm_policy import AlgorithmUse, check_usable
from absah.pki.algorithms import key_algorithm_of, signature_algorithm_for
from absah.pki.certificates import load_certificate, public_key_of_certificate, validity_of
from absah.pki.issuance import CertificateOrder, Endpoints, LintedCertificate
from absah.pki.names import AuthorityName
from absah.pki.profiles import Profile, load_profile


class AuthorityUnfit(RuleBroken):
    """A certificate that does not let its key be an authority here. Parameter: problem."""

    code = "pki.authority-unfit"
    citation = Citation(norm=Norm.RFC_5280, clause="6.1.4")


class AuthorityForeign(BadInput):
    """The certificate is for another key than the one at hand."""

    code = "pki.authority-foreign"


class AuthorityChainBroken(BadInput):
    """The certificates above an authority do not lead to a root: one does not sign the one before it."""

    code = "pki.authority-chain-broken"


@dataclass(frozen=True, slots=True, kw_only=True)
class AuthorityWish:
    """An authority that is to be: its profile, name and key, for how many days, and where it is looked up."""

    profile: str
    name: AuthorityName
    public_key: bytes
    days: int | None = None
    endpoints: Endpoints = field(default_factory=Endpoints)


def order_for_authority(
    wish: AuthorityWish, /, *, issuer: bytes | None, serial: Serial, now: Instant
) -> CertificateOrder:
    """The order; it ends with its issuer at the latest (the shell model). Raises CertificateUnreadable."""
    profile: Profile = load_profile(wish.profile)
    until = None if issuer is None else validity_of(load_certificate(issuer))[1]
    lasting = None if wish.days is None else timedelta(days=wish.days)
    return CertificateOrder(
        profile=profile,
        subject=wish.name,
        public_key=wish.public_key,
        serial=serial,
        validity=profile.validity_at(now, lasting=lasting, until=until),
        issuer=issuer,
        endpoints=wish.endpoints,
    )


def wish_for_link(to: bytes, /, *, endpoints: Endpoints) -> AuthorityWish:
    """A link certificate for another root: its name and key, vouched for by the root that issues it (RFC 4210 §4.4).

    New certified by old lets those who trust the old root reach what hangs on the new one; old certified by new, the
    reverse. Raises AuthorityUnfit, NameUnreadable, CertificateUnreadable.
    """
    root = load_certificate(to)
    _check_authority(root)
    return AuthorityWish(
        profile="link-ca",
        name=AuthorityName.from_x509(root.subject),
        public_key=public_key_of_certificate(root),
        endpoints=endpoints,
    )


def unsigned_certificate(linted: LintedCertificate, /) -> bytes:
    """The certificate that would be issued, with a signature of zeros: for judges, before the key is used."""
    plan = linted.redeem()
    algorithm = signature_algorithm_for(key_algorithm_of(plan.issuer_public_key), plan.digest)
    return der.sequence(plan.tbs, encode_signature_algorithm(algorithm), der.bit_string(bytes(64)))


def check_authority(
    certificate_der: bytes, chain: tuple[bytes, ...], /, *, public_key: bytes, now: Instant
) -> x509.Certificate:
    """An authority whose certificate others made, for a key that is here, with those above it, nearest first.

    It must be a CA, may sign certificates and lists, be valid now, be of a key and name that Absah issues under, and
    each certificate must sign the one before it up to one that signs itself. Raises AuthorityForeign, AuthorityUnfit,
    AuthorityChainBroken, AlgorithmExpired, KeyNotAllowed, CertificateUnreadable.
    """
    certificate = load_certificate(certificate_der)
    if public_key_of_certificate(certificate) != public_key:
        raise AuthorityForeign
    _check_authority(certificate)
    check_usable(key_algorithm_of(public_key), AlgorithmUse.NEW, now.date())
    begins, ends = validity_of(certificate)
    if not begins <= now <= ends:
        raise AuthorityUnfit(problem="validity")
    below = certificate
    for above in map(load_certificate, chain):
        _check_signed_by(below, above)
        below = above
    _check_signed_by(below, below)
    return certificate


def _check_authority(certificate: x509.Certificate) -> None:
    extensions = certificate.extensions
    try:
        constraints = extensions.get_extension_for_class(x509.BasicConstraints).value
        usage = extensions.get_extension_for_class(x509.KeyUsage).value
        extensions.get_extension_for_class(x509.SubjectKeyIdentifier)
    except x509.ExtensionNotFound as problem:
        raise AuthorityUnfit(problem=problem.oid.dotted_string) from None
    if not constraints.ca:
        raise AuthorityUnfit(problem="not-a-ca")
    if not usage.key_cert_sign or not usage.crl_sign:
        raise AuthorityUnfit(problem="key-usage")


def is_signed_by(below: x509.Certificate, above: x509.Certificate, /) -> bool:
    """Whether one certificate names the other as its issuer and is signed by it. No path is validated."""
    try:
        below.verify_directly_issued_by(above)
    except (ValueError, TypeError, InvalidSignature, UnsupportedAlgorithm):
        return False
    return True


def _check_signed_by(below: x509.Certificate, above: x509.Certificate) -> None:
    if not is_signed_by(below, above):
        raise AuthorityChainBroken
