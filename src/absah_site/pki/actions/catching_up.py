"""After a restore: the register learns from the CRLs that were published since the backup what it has forgotten.

A CRL of ours is our own word to the world: what it revokes stays revoked, and its number is never given again. A serial
that it lists and the register never heard of was issued after the backup; it stays on the list for good.
"""

from dataclasses import dataclass

from django.db import transaction

from absah.audit.tags import PkiTag
from absah.kernel.errors import AbsahError, BadInput
from absah.pki.algorithms import DigestAlgorithm
from absah.pki.certificates import load_certificate, public_key_of_certificate
from absah.pki.crl import CertificateList, RevokedEntry, parse_crl
from absah.pki.revocation import RevocationReason
from absah.signing.ports import CredentialId, CredentialState
from absah_site import composition
from absah_site.accounts.access import authorise
from absah_site.actors import Actor
from absah_site.audit.actions import record
from absah_site.pki import access, store
from absah_site.pki.store import AuthorityKind, RegisteredAuthority, Status, StatusChanged
from absah_site.roles import Permission


class CrlOfNobodyHere(BadInput):
    """The list was not signed by an authority of this register, or bears no number."""

    code = "register.crl-of-nobody-here"


class CrlOlderThanRegister(BadInput):
    """The register knows this list or a newer one: it teaches nothing. Parameters: issuer, ours, shown."""

    code = "register.crl-older"


@dataclass(frozen=True, slots=True, kw_only=True)
class CaughtUp:
    """What one list taught: how many certificates it ended or held, and how many serials nobody here knew."""

    issuer: str
    number: int
    changed: int
    unknown: int


def catch_up(crl: bytes, /, *, by: Actor) -> CaughtUp:
    """Take over what a published CRL of ours says. Raises CrlOfNobodyHere, CrlOlderThanRegister and those of parsing.

    All of it or nothing. Keys are told after; who is killed in between shows the list again.
    """
    authorise(by, Permission.AUTHORITY_MANAGE)
    read = parse_crl(crl)
    issuer = _issuer_of(read)
    number = read.number or 0
    with transaction.atomic():
        store.lock_authority(issuer.slug)
        ours = access.published_numbers().get(issuer.slug, 0)
        if number < ours:
            raise CrlOlderThanRegister(issuer=issuer.slug, ours=ours, shown=number)
        outcomes = [_learn(entry, issuer, by=by) for entry in read]
        if number > ours:
            _take_over_number(read, issuer.slug, number)
        facts = {"number": number, "changed": outcomes.count("changed"), "unknown": outcomes.count("unknown")}
        now = composition.clock().now()
        subject = f"authority:{issuer.slug}"
        record(at=now, tag=PkiTag.REGISTER_CAUGHT_UP, actor=by.reference, subject=subject, facts=facts)
    _tell_signer(read, issuer.slug)
    return CaughtUp(
        issuer=issuer.slug,
        number=number,
        changed=outcomes.count("changed"),
        unknown=outcomes.count("unknown"),
    )


def _issuer_of(read: CertificateList) -> RegisteredAuthority:
    for candidate in store.authorities(AuthorityKind.ROOT, AuthorityKind.ISSUING):
        certificate = load_certificate(candidate.certificate)
        if read.issuer == certificate.subject.public_bytes() and read.number is not None:
            try:
                read.verify(public_key_of_certificate(certificate))
            except AbsahError:
                continue  # another generation of the same name
            return candidate
    raise CrlOfNobodyHere


def _learn(entry: RevokedEntry, authority: RegisteredAuthority, *, by: Actor) -> str:
    """`changed`, `unknown` or `known`."""
    now = composition.clock().now()
    serial, issuer = access.serial_text(entry.serial), authority.slug
    found = store.find_certificate(serial, issuer=issuer)
    if found is None:
        shard = access.shard_of(authority, entry.serial)
        made = store.give_up_foreign_serial(issuer, serial, revoked_at=entry.at, now=now, shard=shard)
        return "unknown" if made else "known"
    status = _status_in(entry)
    reason = entry.reason.name.lower()
    if found.status is Status.REVOKED or (found.status, found.reason) == (status, reason):
        return "known"
    store.set_status(issuer, serial, StatusChanged(status=status, reason=reason, cause="", at=entry.at))
    tag = PkiTag.CERTIFICATE_REVOKED if status is Status.REVOKED else PkiTag.CERTIFICATE_SUSPENDED
    facts = {"issuer": issuer, "reason": reason, "from": "published-list"}
    record(at=now, tag=tag, actor=by.reference, subject=f"certificate:{serial}", facts=facts)
    return "changed"


def _status_in(entry: RevokedEntry) -> Status:
    return Status.SUSPENDED if entry.reason is RevocationReason.CERTIFICATE_HOLD else Status.REVOKED


def _take_over_number(read: CertificateList, issuer: str, number: int) -> None:
    """The number is given; the next list bears a higher one."""
    given = store.reserve_crl_number(
        issuer, this_update=read.this_update, next_update=read.next_update, at_least=number
    )
    sha256 = DigestAlgorithm.SHA256.digest(read.encoded).hex()
    store.conclude_crl(issuer, given, sha256=sha256, at=composition.clock().now())


def _tell_signer(read: CertificateList, issuer: str) -> None:
    states = {Status.REVOKED: CredentialState.REVOKED, Status.SUSPENDED: CredentialState.SUSPENDED}
    for entry in read:
        found = store.find_certificate(access.serial_text(entry.serial), issuer=issuer)
        if found is not None and found.credential and found.status in states:
            composition.signer().change_state(CredentialId(found.credential), states[found.status])


def record_restore(*, made_at: str, by: Actor) -> None:
    """Write into the ledger that the register was restored, and from a backup of which moment."""
    authorise(by, Permission.AUTHORITY_MANAGE)
    with transaction.atomic():
        record(
            at=composition.clock().now(),
            tag=PkiTag.REGISTER_RESTORED,
            actor=by.reference,
            subject="system:register",
            facts={"backup_made_at": made_at},
        )


def declare_nothing_newer(*, by: Actor) -> None:
    """Write into the ledger that the operator answers for it: nothing was published since the backup."""
    authorise(by, Permission.AUTHORITY_MANAGE)
    with transaction.atomic():
        record(
            at=composition.clock().now(),
            tag=PkiTag.REGISTER_CAUGHT_UP,
            actor=by.reference,
            subject="system:register",
            facts={"declared": "nothing-newer"},
        )
