"""Our own services: the root, the issuing CAs, the TSA, the responders."""

from cryptography import x509

from absah.kernel.clock import Instant
from absah.kernel.errors import NotFound
from absah.pki.certificates import load_certificate
from absah.signing.ports import CredentialId
from absah_site import composition
from absah_site.pki import store
from absah_site.pki.store import (
    AuthorityKind,
    RegisteredAuthority,
)


class AuthorityUnknown(NotFound):
    """None of our own services has this name. Parameter: authority."""

    code = "register.authority-unknown"


class NoIssuingAuthority(NotFound):
    """This instance has no issuing CA whose certificate is valid today."""

    code = "register.no-issuing-authority"


def authority(slug: str, /) -> RegisteredAuthority:
    """One of our own services."""
    found = store.find_authority(slug)
    if found is None:
        raise AuthorityUnknown(authority=slug)
    return found


def services(kind: AuthorityKind, /, *, now: Instant) -> tuple[RegisteredAuthority, ...]:
    """Those of a kind whose own certificate is valid and not revoked, the newest first."""
    return store.serving(kind, now=now)


def issuing_authority(*, now: Instant, slug: str | None = None) -> RegisteredAuthority:
    """The CA that issues today: the newest, or the one of a name if it still may."""
    found = [one for one in services(AuthorityKind.ISSUING, now=now) if slug in (None, one.slug)]
    if not found:
        raise NoIssuingAuthority
    return found[0]


def responder_of(issuer: RegisteredAuthority, /, *, now: Instant) -> RegisteredAuthority | None:
    """The newest valid responder in the signer that this issuer itself delegated to (RFC 6960 §4.2.2.2)."""
    responders = services(AuthorityKind.OCSP, now=now)
    return next((found for found in responders if found.chain[:1] == (issuer.certificate,)), None)


def credential_of(authority: RegisteredAuthority, /) -> CredentialId:
    """The key of one of our services, where the signer process has it."""
    if authority.credential is None:
        raise NoIssuingAuthority
    return authority.credential


def every_authority() -> tuple[RegisteredAuthority, ...]:
    """All of our own services, the newest first, whatever has become of them."""
    return store.authorities()


def issuer_of(certificate_der: bytes, /) -> RegisteredAuthority | None:
    """The authority of ours that issued a certificate, by name and key identifier; None when it is not ours."""
    wanted = load_certificate(certificate_der)
    for candidate in store.authorities(AuthorityKind.ROOT, AuthorityKind.ISSUING):
        above = load_certificate(candidate.certificate)
        if above.subject == wanted.issuer and _key_identifiers_match(above, wanted):
            return candidate
    return None


def _key_identifiers_match(above: x509.Certificate, below: x509.Certificate) -> bool:
    try:
        named = below.extensions.get_extension_for_class(x509.AuthorityKeyIdentifier).value.key_identifier
        own = above.extensions.get_extension_for_class(x509.SubjectKeyIdentifier).value.digest
    except x509.ExtensionNotFound:
        return False
    return named == own


def anchors() -> tuple[bytes, ...]:
    """What this instance trusts: every certificate in its `trust` folder (DER), by file name."""
    folder = composition.config().trust
    found = tuple(page.read_bytes() for page in sorted(folder.glob("*.cer"))) if folder.is_dir() else ()
    for anchor in found:
        load_certificate(anchor)  # a file that is no certificate must not pass for a short list of anchors
    return found
