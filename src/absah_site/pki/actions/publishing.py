"""CRLs: numbered before the key is used, published in one step, never replaced by an older one."""

from datetime import timedelta
from typing import Final

from django.db import transaction

from absah.adapters.files import replace_file
from absah.adapters.high_water import raise_high_water
from absah.audit.tags import PkiTag
from absah.kernel.clock import Instant, instant
from absah.kernel.errors import BadInput
from absah.kernel.rng import Serial
from absah.pki.algorithms import DigestAlgorithm
from absah.pki.certificates import load_certificate, public_key_of_certificate
from absah.pki.crl import CrlPlan, RevokedEntry, parse_crl
from absah.pki.revocation import RevocationReason
from absah_site import composition
from absah_site.accounts.access import authorise
from absah_site.actors import Actor, Operator
from absah_site.audit.actions import record
from absah_site.pki import access, store
from absah_site.pki.store import AuthorityKind, PublishedCrl, RegisteredAuthority
from absah_site.roles import Permission

#: How long a CRL may be relied on, and how old it grows before the next one comes.
CRL_LIFETIME: Final = timedelta(days=7)
CRL_INTERVAL: Final = timedelta(hours=24)
_WORKER = Operator(name="worker")


class CrlNotOurs(BadInput):
    """A CRL made elsewhere is not of the authority it is published for, or not newer than the published one."""

    code = "register.crl-not-ours"


def publish_crls(now: Instant, *, by: Actor = _WORKER) -> tuple[PublishedCrl, ...]:
    """Make and publish a CRL of every issuing CA. The root's comes from offline (`publish_offline_crl`)."""
    authorise(by, Permission.CRL_PUBLISH)
    return tuple(_publish_crl(issuer, now, by=by) for issuer in _publishing_authorities(now))


def publish_due_crls(now: Instant, *, by: Actor = _WORKER) -> tuple[PublishedCrl, ...]:
    """The same for those whose CRL is older than a day, or older than a change of a certificate."""
    authorise(by, Permission.CRL_PUBLISH)
    return tuple(_publish_crl(issuer, now, by=by) for issuer in _publishing_authorities(now) if _is_due(issuer, now))


def _publishing_authorities(now: Instant) -> tuple[RegisteredAuthority, ...]:
    """Every issuing CA whose certificate has not ended, revoked ones too: their CRLs are needed most."""
    return tuple(issuer for issuer in store.authorities(AuthorityKind.ISSUING) if now <= issuer.not_after)


def _is_due(issuer: RegisteredAuthority, now: Instant) -> bool:
    latest = store.latest_crl(issuer.slug)
    if latest is None or now >= latest.this_update + CRL_INTERVAL:
        return True
    changed = store.last_change(issuer.slug)
    return changed is not None and changed >= latest.this_update


def _publish_crl(issuer: RegisteredAuthority, now: Instant, *, by: Actor) -> PublishedCrl:
    next_update = instant(min(now + CRL_LIFETIME, issuer.not_after))
    with transaction.atomic(durable=True):
        number = store.reserve_crl_number(issuer.slug, this_update=now, next_update=next_update)
        entries = store.not_good(issuer.slug)
    plan = CrlPlan(
        issuer_der=issuer.certificate,
        number=number,
        this_update=now,
        next_update=next_update,
        entries=tuple(
            RevokedEntry(
                serial=Serial(int(entry.serial, 16)),
                at=min(entry.at, now),
                reason=RevocationReason[entry.reason.upper()] if entry.reason else RevocationReason.UNSPECIFIED,
            )
            for entry in entries
        ),
    )
    crl = composition.signer().issue_crl(access.credential_of(issuer), plan)
    return _put_out(
        PublishedCrl(
            issuer=issuer.slug,
            number=number,
            this_update=now,
            next_update=next_update,
            sha256=DigestAlgorithm.SHA256.digest(crl).hex(),
        ),
        crl,
        at=now,
        by=by,
    )


def publish_offline_crl(crl: bytes, /, *, issuer: str, now: Instant, by: Actor = _WORKER) -> PublishedCrl:
    """Publish a CRL that was made offline: the root's. It must be the authority's own, and newer than the last."""
    authorise(by, Permission.CRL_PUBLISH)
    authority = access.authority(issuer)
    read = parse_crl(crl)
    certificate = load_certificate(authority.certificate)
    if read.issuer != certificate.subject.public_bytes() or read.number is None:
        raise CrlNotOurs(problem="issuer")
    read.verify(public_key_of_certificate(certificate))
    with transaction.atomic():
        number = store.reserve_crl_number(
            issuer, this_update=read.this_update, next_update=read.next_update, at_least=read.number
        )
        # A number that was given already: somebody would have to choose between two CRLs of one number.
        if number != read.number:
            raise CrlNotOurs(problem="number")
        return _put_out(
            PublishedCrl(
                issuer=issuer,
                number=number,
                this_update=read.this_update,
                next_update=read.next_update,
                sha256=DigestAlgorithm.SHA256.digest(crl).hex(),
            ),
            crl,
            at=now,
            by=by,
        )


def _put_out(crl: PublishedCrl, content: bytes, *, at: Instant, by: Actor) -> PublishedCrl:
    """Replace the published file, unless a newer CRL was faster; then write down that it is out."""
    with transaction.atomic():
        store.lock_authority(crl.issuer)
        latest = store.latest_crl(crl.issuer)
        if latest is not None and latest.number > crl.number:
            return latest
        if (high_water := composition.config().high_water) is not None:
            raise_high_water(high_water, crl.issuer, crl.number)
        replace_file(composition.config().repository / "crl" / f"{crl.issuer}.crl", content)
        store.conclude_crl(crl.issuer, crl.number, sha256=crl.sha256, at=at)
        facts: dict[str, str | int] = {"number": crl.number, "sha256": crl.sha256}
        record(at=at, tag=PkiTag.CRL_PUBLISHED, actor=by.reference, subject=f"authority:{crl.issuer}", facts=facts)
    return crl
