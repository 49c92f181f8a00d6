"""What is asked for when a certificate is asked for, what comes of it, and the plan between the two."""

from dataclasses import dataclass
from datetime import timedelta
from functools import cached_property

from absah.audit.entry import Entry
from absah.audit.tags import PkiTag
from absah.kernel.clock import Instant, legal_date
from absah.kernel.rng import dated_serial_number
from absah.notices.webhooks.events import Event, Happening, happened
from absah.pki.issuance import CertificateOrder
from absah.pki.names import SubjectName
from absah.pki.profiles import Validity, load_profile
from absah.pki.weak_keys import check_key_strength
from absah.signing.ports import CredentialId
from absah_site import composition
from absah_site.pki import access
from absah_site.pki.store import RegisteredAuthority, RegisteredCertificate, SerialHex, Status, UnfinishedIssuance


@dataclass(frozen=True, slots=True, kw_only=True)
class IssuanceRequest:
    """A certificate that is wanted. `holder` and `agency` are opaque ids, empty for services of our own.

    `credential` is the key in custody, None where the key is elsewhere. `issuer` is the short name of the issuing CA,
    by default the newest; `lasting` shortens the validity below what the profile allows. `replaces` are serials of the
    holder's own that the new certificate may stand beside; `supersedes` is one of them that is revoked with its entry.
    """

    profile: str
    subject: SubjectName
    public_key: bytes
    credential: CredentialId | None
    holder: str = ""
    agency: str = ""
    emails: tuple[str, ...] = ()
    dns_names: tuple[str, ...] = ()
    issuer: str | None = None
    lasting: timedelta | None = None
    replaces: frozenset[SerialHex] = frozenset()
    supersedes: SerialHex | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class IssuedCertificate:
    """A certificate and those above it up to the root, DER."""

    serial: SerialHex
    certificate: bytes
    chain: tuple[bytes, ...]


@dataclass(frozen=True, kw_only=True)
class Plan:
    """A certificate that may be: what was asked for, who issues it, and what the issuer is to sign."""

    wanted: IssuanceRequest
    issuer: RegisteredAuthority
    order: CertificateOrder

    @cached_property
    def intent(self) -> UnfinishedIssuance:
        """What is written down before the key is used."""
        return UnfinishedIssuance(
            issuer=self.issuer.slug,
            authority=self.issuer.number,
            serial=access.serial_text(self.order.serial),
            credential=self.wanted.credential,
            profile=self.wanted.profile,
            holder=self.wanted.holder,
            key_hash=access.key_hash_of(self.wanted.public_key),
            shard=access.shard_of(self.issuer, self.order.serial),
        )

    def entry(self, certificate: bytes, /, *, at: Instant) -> RegisteredCertificate:
        """What the register says of a certificate that was signed: what was ordered, as nothing else is signed."""
        return RegisteredCertificate(
            issuer=self.intent.issuer,
            serial=self.intent.serial,
            subject=self.wanted.subject.to_text(),
            profile=self.wanted.profile,
            certificate=certificate,
            fingerprint=access.fingerprint_of(certificate),
            not_before=self.order.validity.not_before,
            not_after=self.order.validity.not_after,
            credential=self.wanted.credential,
            holder=self.wanted.holder,
            agency=self.wanted.agency,
            status=Status.GOOD,
            reason="",
            status_at=at,
            key_hash=self.intent.key_hash,
            shard=self.intent.shard,
        )

    def happened(self, tag: PkiTag, /, *, actor: str, at: Instant) -> Entry:
        """The row of the ledger that says so."""
        facts = {"issuer": self.issuer.slug, "profile": self.wanted.profile, "holder": self.wanted.holder}
        return Entry.of(at=at, tag=tag, actor=actor, subject=f"certificate:{self.intent.serial}", facts=facts)

    def announcement(self, entry: RegisteredCertificate, /, *, at: Instant) -> Happening:
        """What the systems of the agency are told of it."""
        facts = {
            "certificate": entry.serial,
            "holder": entry.holder,
            "profile": entry.profile,
            "until": f"{legal_date(entry.not_after)}",
        }
        return happened(Event.CERTIFICATE_ISSUED, entry.agency, facts, at=at)

    def issued(self, certificate: bytes, /) -> IssuedCertificate:
        """What whoever asked for it gets."""
        chain = (self.issuer.certificate, *self.issuer.chain)
        return IssuedCertificate(serial=self.intent.serial, certificate=certificate, chain=chain)


def plan_issuance(wanted: IssuanceRequest, issuer: RegisteredAuthority, /, *, now: Instant) -> Plan:
    """A serial, the addresses, and a validity within the issuer's. Raises the errors of profiles and weak keys."""
    profile = load_profile(wanted.profile)
    validity = profile.validity_at(now, lasting=wanted.lasting)
    serial = dated_serial_number(composition.rng(), now)
    check_key_strength(wanted.public_key, access.weak_key_list())
    order = CertificateOrder(
        profile=profile,
        subject=wanted.subject,
        public_key=wanted.public_key,
        serial=serial,
        # The shell model: a certificate ends with its issuer at the latest.
        validity=Validity(not_before=validity.not_before, not_after=min(validity.not_after, issuer.not_after)),
        issuer=issuer.certificate,
        endpoints=access.endpoints_under(profile, issuer, shard=access.shard_of(issuer, serial)),
        emails=wanted.emails,
        dns_names=wanted.dns_names,
    )
    return Plan(wanted=wanted, issuer=issuer, order=order)
