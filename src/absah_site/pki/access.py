"""Reading the register: what others need to know about authorities and certificates."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from functools import cache
from pathlib import Path

from cryptography import x509
from cryptography.exceptions import InvalidSignature

from absah.kernel.clock import JAKARTA, Instant, instant, legal_date
from absah.kernel.errors import AbsahError, NotFound
from absah.pki.algorithms import DigestAlgorithm
from absah.pki.certificates import load_certificate, serial_of
from absah.pki.issuance import Endpoints
from absah.pki.profiles import Endpoint, Profile
from absah.pki.weak_keys import parse_weak_list
from absah.signing.material import ValidationMaterial
from absah.signing.ports import CredentialId
from absah.signing.refusals import (
    CertificateExpired,
    CertificateNotYetValid,
    CertificateRevoked,
    CredentialNotUsable,
)
from absah_site import composition
from absah_site.pki import store
from absah_site.pki.store import (
    AuthorityKind,
    CurrentList,
    Hold,
    RegisteredAuthority,
    RegisteredCertificate,
    Search,
    SerialHex,
    Status,
    StatusChanged,
    Tallies,
)

__all__ = [
    "AuthorityKind",
    "AuthorityUnknown",
    "CertificateUnknown",
    "CurrentList",
    "NoIssuingAuthority",
    "RegisteredAuthority",
    "RegisteredCertificate",
    "Search",
    "SerialHex",
    "Status",
    "StatusChanged",
    "Tallies",
]


#: A certificate that ends within this time is one that somebody should renew.
SOON = timedelta(days=30)


class AuthorityUnknown(NotFound):
    """None of our own services has this name. Parameter: authority."""

    code = "register.authority-unknown"


class NoIssuingAuthority(NotFound):
    """This instance has no issuing CA whose certificate is valid today."""

    code = "register.no-issuing-authority"


class CertificateUnknown(NotFound):
    """The register holds no such certificate."""

    code = "register.certificate-unknown"


def fingerprint_of(certificate: bytes, /) -> str:
    """How the register names a certificate: SHA-256 over its DER, hexadecimal."""
    return DigestAlgorithm.SHA256.digest(certificate).hex()


def key_hash_of(public_key: bytes, /) -> str:
    """How the register names a key: SHA-256 over its SubjectPublicKeyInfo, hexadecimal."""
    return DigestAlgorithm.SHA256.digest(public_key).hex()


def serial_text(serial: int, /) -> SerialHex:
    """A serial as the register writes it."""
    return SerialHex(f"{serial:032x}")


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


def certificate(serial: str, /) -> RegisteredCertificate:
    """By serial (hexadecimal, any case, leading zeros or not)."""
    found = store.find_certificate(_serial(serial))
    if found is None:
        raise CertificateUnknown
    return found


def _serial(written: str, /) -> SerialHex:
    try:
        return serial_text(int(written, 16))
    except ValueError:
        raise CertificateUnknown from None


def certificate_of_credential(credential: CredentialId, /) -> RegisteredCertificate:
    """The newest certificate of a key."""
    found = store.find_certificate_of_credential(credential)
    if found is None:
        raise CertificateUnknown
    return found


def certificate_with_fingerprint(fingerprint: str, /) -> RegisteredCertificate:
    """By the SHA-256 of its DER."""
    found = store.find_certificate_by_fingerprint(fingerprint)
    if found is None:
        raise CertificateUnknown
    return found


def certificates_of(holder: str, /) -> tuple[RegisteredCertificate, ...]:
    """All certificates of a subscriber (the opaque number), the newest first."""
    return store.certificates_of(holder)


def certificates_ending(
    agency: str, since: Instant, until: Instant, /, *, limit: int
) -> tuple[RegisteredCertificate, ...]:
    """Those of people of an agency that end between two moments, the first to end first; revoked ones left out."""
    return store.certificates_ending(agency, since, until, limit=limit)


def fingerprints_issued_for(agency: str, since: Instant, until: Instant, /) -> tuple[str, ...]:
    """What was issued for an agency (its opaque id) in an interval, by fingerprint, in the order of issue."""
    return store.fingerprints_issued_for(agency, since, until)


def holds_of(found: RegisteredCertificate, /) -> tuple[Hold, ...]:
    """The intervals in which a certificate was on hold, the oldest first."""
    return _holds(store.changes_of(found.issuer, found.serial))


def every_hold() -> dict[str, tuple[Hold, ...]]:
    """The same for every certificate that was ever on hold, by its fingerprint (hexadecimal)."""
    return {fingerprint: _holds(changes) for fingerprint, changes in store.changes_of_held().items()}


def _holds(changes: tuple[StatusChanged, ...]) -> tuple[Hold, ...]:
    holds: list[Hold] = []
    began: Instant | None = None
    for change in changes:
        if began is not None and change.status is not Status.SUSPENDED:
            holds.append(Hold(began=began, ended=change.at))
            began = None
        elif began is None and change.status is Status.SUSPENDED:
            began = change.at
    return (*holds, Hold(began=began, ended=None)) if began is not None else tuple(holds)


def was_on_hold(found: RegisteredCertificate, moment: Instant, /) -> bool:
    """Whether a certificate was on hold at an instant: from the beginning of a hold until the moment before its end."""
    return any(hold.began <= moment and (hold.ended is None or moment < hold.ended) for hold in holds_of(found))


def emails_in(certificate: x509.Certificate, /) -> tuple[str, ...]:
    """The mail addresses that a certificate names."""
    try:
        names = certificate.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
    except x509.ExtensionNotFound:
        return ()
    return tuple(names.get_values_for_type(x509.RFC822Name))


def is_in_use(found: RegisteredCertificate, /, *, now: Instant) -> bool:
    """Whether it is valid, or would be if it were not suspended."""
    return found.status is not Status.REVOKED and now <= found.not_after


def check_certificate_usable(found: RegisteredCertificate, /, *, now: Instant) -> None:
    """A certificate may be signed with: begun, not over, neither revoked nor suspended. Raises signing's refusals."""
    # PP 71/2019 Pasal 62 (1): at signing the certificate is valid and not revoked; (2): its key is not reported lost.
    if found.status is Status.REVOKED:
        raise CertificateRevoked
    if found.status is Status.SUSPENDED:
        raise CredentialNotUsable(state=found.status.value)
    if now < found.not_before:
        raise CertificateNotYetValid(first=legal_date(found.not_before).isoformat())
    if now > found.not_after:
        raise CertificateExpired(last=legal_date(found.not_after).isoformat())


def shard_of(issuer: RegisteredAuthority, serial: int, /) -> int:
    """Which of its issuer's CRLs will speak about a new certificate: 1 to `shards`, by the low bits of the serial.

    0 where there is one list for all. What is said here once stays true: the certificate names the list.
    """
    return serial % issuer.shards + 1 if issuer.shards else 0


def list_name(issuer_slug: str, shard: int, /) -> str:
    """The file of a CRL in the repository."""
    return f"{issuer_slug}-{shard}.crl" if shard else f"{issuer_slug}.crl"


def repository_address() -> str:
    """Where the world finds what we publish: plain http whatever the pages use (RFC 5280 §8)."""
    return composition.config().base_url.replace("https://", "http://", 1)


@cache
def _weak_keys_in(folder: Path, /) -> frozenset[str]:
    if not folder.is_dir():
        return frozenset()
    return frozenset().union(*(parse_weak_list(page.read_text("ascii")) for page in sorted(folder.iterdir())))


def weak_key_list() -> frozenset[str]:
    """Debian's lists of weak keys, where the operator has put them into `weak-keys/`. Read once in a process."""
    return _weak_keys_in(composition.config().data / "weak-keys")


def endpoints_for(profile: Profile, issuer_slug: str, /) -> Endpoints:
    """What a certificate points to: the addresses of its issuer that the profile allows."""
    return endpoints_under(profile, authority(issuer_slug))


def endpoints_under(profile: Profile, issuer: RegisteredAuthority, /, *, shard: int = 0) -> Endpoints:
    """The same, where the certificate's CRL may be a partition.

    They are plain http whatever the pages use (RFC 5280 §8: fetching must not need validating). A root has no OCSP.
    """
    base = repository_address()
    has_ocsp = issuer.kind is not AuthorityKind.ROOT
    allowed = profile.endpoints_allowed
    return Endpoints(
        crl_url=f"{base}/repo/crl/{list_name(issuer.slug, shard)}" if Endpoint.CRL in allowed else None,
        ocsp_url=f"{base}/ocsp" if Endpoint.OCSP in allowed and has_ocsp else None,
        ca_issuers_url=f"{base}/repo/ca/{issuer.slug}.cer" if Endpoint.CA_ISSUERS in allowed else None,
    )


def anchors() -> tuple[bytes, ...]:
    """What this instance trusts: every certificate in its `trust` folder (DER), by file name."""
    folder = composition.config().trust
    found = tuple(page.read_bytes() for page in sorted(folder.glob("*.cer"))) if folder.is_dir() else ()
    for anchor in found:
        load_certificate(anchor)  # a file that is no certificate must not pass for a short list of anchors
    return found


def extra_material() -> ValidationMaterial:
    """What the register adds to a verification: our own authorities' certificates and their newest CRLs."""
    known = store.authorities()
    return ValidationMaterial(certificates=tuple(found.certificate for found in known), crls=current_crls())


def published_crl(issuer_slug: str, /, shard: int = 0) -> tuple[bytes, ...]:
    """The published CRL of an authority, or of a partition: one, or none."""
    file = composition.config().repository / "crl" / list_name(issuer_slug, shard)
    return (file.read_bytes(),) if file.is_file() else ()


def current_crls() -> tuple[bytes, ...]:
    """The published CRL of every authority that has one."""
    issuers = store.authorities(AuthorityKind.ROOT, AuthorityKind.ISSUING)
    return tuple(crl for issuer in issuers for crl in published_crl(issuer.slug))


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


def every_authority() -> tuple[RegisteredAuthority, ...]:
    """All of our own services, the newest first, whatever has become of them."""
    return store.authorities()


def certificates_issued_by(issuer: str, /) -> Iterator[RegisteredCertificate]:
    """Everything that an authority of ours issued, the oldest first."""
    return store.every_certificate(authority(issuer).slug)


def certificates_of_same_key(serial: str, /) -> tuple[RegisteredCertificate, ...]:
    """Every certificate of the key that one certificate has, itself included."""
    found = certificate(serial)
    return store.certificates_with_key(found.key_hash) if found.key_hash else (found,)


def changes_of(found: RegisteredCertificate, /) -> tuple[StatusChanged, ...]:
    """How a certificate's status went, the oldest change first."""
    return store.changes_of(found.issuer, found.serial)


def tallies(*, now: Instant) -> Tallies:
    """How many certificates there are, how many end within thirty days, how many were revoked today (Jakarta)."""
    midnight = instant(now.astimezone(JAKARTA).replace(hour=0, minute=0, second=0))
    return store.tallies(now=now, soon=SOON, midnight=midnight)


def issued_by_day(*, now: Instant, days: int) -> dict[date, int]:
    """How many were issued on each of the last days, today included; days without one count nought."""
    today = legal_date(now)
    first = today - timedelta(days=days - 1)
    since = instant(datetime.combine(first, time(), tzinfo=JAKARTA))
    counted = store.issued_by_day(since=since)
    return {day: counted.get(day, 0) for day in (first + timedelta(days=number) for number in range(days))}


def ending_by_month(*, now: Instant, months: int) -> dict[date, int]:
    """How many end in each of the coming months (by their first day), this month included."""
    first = legal_date(now).replace(day=1)
    starts = [_months_after(first, number) for number in range(months + 1)]
    until = instant(datetime.combine(starts[-1], time(), tzinfo=JAKARTA))
    counted = store.ending_by_month(since=now, until=until)
    return {month: counted.get(month, 0) for month in starts[:-1]}


def _months_after(first: date, number: int) -> date:
    years, month = divmod(first.month - 1 + number, 12)
    return first.replace(year=first.year + years, month=month + 1)


def find_certificates(search: Search, /, *, offset: int, limit: int) -> tuple[RegisteredCertificate, ...]:
    """Those that a search means, the newest first."""
    return store.find_certificates(search, offset=offset, limit=limit)


def current_lists() -> tuple[CurrentList, ...]:
    """The newest published CRL of each authority and shard."""
    return store.current_lists()


def open_intentions() -> int:
    """Issuances that are under way, or were cut off."""
    return store.open_intentions()


def published_numbers() -> dict[str, int]:
    """The highest number that each authority has given to a CRL."""
    return store.highest_crl_numbers()


@dataclass(frozen=True, slots=True, kw_only=True)
class RegisterReport:
    """What a look at the whole register found: how many rows there are, and how many contradict their certificate."""

    rows: int
    damaged: int

    @property
    def consistent(self) -> bool:
        return self.damaged == 0


def assess_register() -> RegisterReport:
    """Compare every row with the certificate in it, and every intention with its result.

    Whether the issuer signed it is looked at for the first thousand rows, then for one in a hundred.
    """
    issuers = {found.slug: found for found in store.authorities()}
    rows = damaged = 0
    for row in store.every_certificate():
        with_signature = rows < _ALL_SIGNATURES or rows % _ONE_IN == 0
        damaged += not _row_is_sound(row, issuers[row.issuer], with_signature=with_signature)
        rows += 1
    return RegisterReport(rows=rows, damaged=damaged + store.issued_without_certificate())


_ALL_SIGNATURES = 1_000
_ONE_IN = 100


def _row_is_sound(row: RegisteredCertificate, issuer: RegisteredAuthority, *, with_signature: bool) -> bool:
    if fingerprint_of(row.certificate) != row.fingerprint:
        return False
    try:
        parsed = load_certificate(row.certificate)
        if with_signature:
            parsed.verify_directly_issued_by(load_certificate(issuer.certificate))
    except (AbsahError, ValueError, TypeError, InvalidSignature):
        return False
    return serial_text(serial_of(parsed)) == row.serial and parsed.not_valid_after_utc == row.not_after
