"""CRLs: numbered before the key is used, published in one step, never replaced by an older one."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Final

from django.db import transaction

from absah.adapters.files import replace_file
from absah.adapters.high_water import raise_high_water
from absah.audit.tags import PkiTag
from absah.kernel.clock import Instant, instant
from absah.kernel.errors import BadInput, RuleBroken
from absah.kernel.refs import Citation, Norm
from absah.pki.algorithms import DigestAlgorithm
from absah.pki.certificates import load_certificate, public_key_of_certificate, validity_of
from absah.pki.crl import CrlHeader, parse_crl
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
#: RFC 5280 §4.1.2.5: "no well-defined expiration date". ETSI EN 319 411-1 has the last list of a CA bear it.
NO_MORE: Final = instant(datetime(9999, 12, 31, 23, 59, 59, tzinfo=UTC))
_MOST_SHARDS: Final = 1024
_WORKER = Operator(name="worker")


class CrlNotOurs(BadInput):
    """A CRL made elsewhere is not of the authority it is published for, or not newer than the published one."""

    code = "register.crl-not-ours"


class PartitionRefused(RuleBroken):
    """The number of partitions only grows, up to a limit, and only of an issuing CA. Parameters: least, most."""

    code = "register.partition-refused"
    citation = Citation(norm=Norm.RFC_5280, clause="5.2.5")


def publish_crls(now: Instant, *, by: Actor = _WORKER) -> tuple[PublishedCrl, ...]:
    """Make and publish every CRL of every issuing CA. The root's comes from offline (`publish_offline_crl`)."""
    authorise(by, Permission.CRL_PUBLISH)
    return tuple(_publish_crl(issuer, shard, now, by=by) for issuer, shard in _lists(now))


def publish_due_crls(now: Instant, *, by: Actor = _WORKER) -> tuple[PublishedCrl, ...]:
    """The same for those that are older than a day, or older than a change of a certificate they speak about."""
    authorise(by, Permission.CRL_PUBLISH)
    return tuple(
        _publish_crl(issuer, shard, now, by=by) for issuer, shard in _lists(now) if _is_due(issuer, shard, now)
    )


def publish_last_crls(slug: str, now: Instant, /, *, by: Actor) -> tuple[PublishedCrl, ...]:
    """Publish the lists of an authority that ends: no others follow. Doing it again publishes none."""
    authorise(by, Permission.AUTHORITY_MANAGE)
    issuer = access.authority(slug)
    return tuple(
        _publish_crl(issuer, shard, now, by=by, until=NO_MORE)
        for shard in range(issuer.shards + 1)
        if not _is_last(store.latest_crl(slug, shard))
    )


def _is_last(crl: PublishedCrl | None) -> bool:
    return crl is not None and crl.next_update == NO_MORE


def partition_crls(slug: str, shards: int, /, *, by: Actor) -> None:
    """Spread the certificates that a CA issues from now on over so many CRLs; those before keep the one for all.

    The number only grows: a certificate names its list for ever. Raises PartitionRefused.
    """
    authorise(by, Permission.AUTHORITY_MANAGE)
    now = composition.clock().now()
    with transaction.atomic():
        store.lock_authority(slug)
        issuer = access.authority(slug)
        if issuer.kind is not AuthorityKind.ISSUING or not issuer.shards <= shards <= _MOST_SHARDS:
            raise PartitionRefused(least=issuer.shards, most=_MOST_SHARDS)
        store.set_shards(slug, shards)
        facts = {"shards": shards}
        record(at=now, tag=PkiTag.CRL_PARTITIONED, actor=by.reference, subject=f"authority:{slug}", facts=facts)


def _lists(now: Instant) -> Iterator[tuple[RegisteredAuthority, int]]:
    """Every list of every issuing CA whose certificate has not ended, revoked ones too: theirs are needed most.

    A CA that published its last list publishes no more.

    0 is the list of all, which certificates from before the partitions name.
    """
    for issuer in store.authorities(AuthorityKind.ISSUING):
        if now <= issuer.not_after:
            for shard in range(issuer.shards + 1):
                if not _is_last(store.latest_crl(issuer.slug, shard)):
                    yield issuer, shard


def _is_due(issuer: RegisteredAuthority, shard: int, now: Instant) -> bool:
    latest = store.latest_crl(issuer.slug, shard)
    if latest is None or now >= latest.this_update + CRL_INTERVAL:
        return True
    return store.changed_since(issuer.slug, latest.this_update, shard=shard)


def _publish_crl(
    issuer: RegisteredAuthority, shard: int, now: Instant, *, by: Actor, until: Instant | None = None
) -> PublishedCrl:
    next_update = until or instant(min(now + CRL_LIFETIME, issuer.not_after))
    before = store.latest_crl(issuer.slug, shard)
    with transaction.atomic(durable=True):
        number = store.reserve_crl_number(issuer.slug, this_update=now, next_update=next_update, shard=shard)
    address = f"{access.repository_address()}/repo/crl/{access.list_name(issuer.slug, shard)}"
    header = CrlHeader(
        issuer_der=issuer.certificate,
        number=number,
        this_update=now,
        next_update=next_update,
        distribution_point=address if shard else None,
        # X.509 §9.5.2.8: whoever checks a signature years later still finds why its certificate was revoked.
        expired_since=validity_of(load_certificate(issuer.certificate))[0] if issuer.keeps_expired else None,
    )
    # RFC 5280 §3.3: an entry stays until it was on one list that was issued after its certificate ended.
    let_go = None if issuer.keeps_expired or before is None else before.this_update
    entries = store.packed_entries(issuer.slug, shard, this_update=now, still_listed=let_go)
    crl = composition.signer().issue_list(access.credential_of(issuer), header, entries)
    return _put_out(
        PublishedCrl(
            issuer=issuer.slug,
            number=number,
            this_update=now,
            next_update=next_update,
            sha256=DigestAlgorithm.SHA256.digest(crl).hex(),
            shard=shard,
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
        latest = store.latest_crl(crl.issuer, crl.shard)
        if latest is not None and latest.number > crl.number:
            return latest
        if (high_water := composition.config().high_water) is not None:
            raise_high_water(high_water, crl.issuer, crl.number)
        replace_file(composition.config().repository / "crl" / access.list_name(crl.issuer, crl.shard), content)
        store.conclude_crl(crl.issuer, crl.number, sha256=crl.sha256, at=at)
        facts: dict[str, str | int] = {"number": crl.number, "sha256": crl.sha256}
        if crl.shard:
            facts["shard"] = crl.shard
        record(at=at, tag=PkiTag.CRL_PUBLISHED, actor=by.reference, subject=f"authority:{crl.issuer}", facts=facts)
    return crl
