"""What each step of a ceremony does. A step takes the table, answers what it made and what the record says of it.

A certificate is linted before a key moves: by `prepare`, and by the judge (pkilint) on a copy with a signature of
zeros, which in a rehearsal is all there is. A root's own certificate is judged once it is signed, and not kept if it
fails.
"""

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import timedelta
from typing import Any, TypeAlias

from absah.adapters.ceremonies.keys import KeyTable, RehearsedKey
from absah.kernel.clock import Instant, instant
from absah.kernel.errors import RuleBroken
from absah.kernel.refs import Citation, Norm
from absah.kernel.rng import Rng, serial_number
from absah.pki import ceremony as written
from absah.pki.algorithms import DigestAlgorithm, describe_key, load_public_key, public_key_of
from absah.pki.certificates import load_certificate, public_key_of_certificate, serial_of
from absah.pki.crl import CrlPlan, RevokedEntry, build_crl
from absah.pki.hierarchy import AuthorityWish, check_authority, order_for_authority, unsigned_certificate, wish_for_link
from absah.pki.issuance import CertificateOrder, issue, prepare
from absah.pki.lint import Finding, blocking
from absah.pki.names import AuthorityName
from absah.pki.profiles import Profile
from absah.pki.requests import build_certificate_request, parse_certificate_request
from absah.pki.revocation import RevocationReason

#: Reads a certificate of a profile; None where pkilint is not installed.
Judge: TypeAlias = Callable[[bytes, Profile | None], tuple[Finding, ...]]

_REASONS = {
    "keyCompromise": RevocationReason.KEY_COMPROMISE,
    "cACompromise": RevocationReason.CA_COMPROMISE,
    "affiliationChanged": RevocationReason.AFFILIATION_CHANGED,
    "superseded": RevocationReason.SUPERSEDED,
    "cessationOfOperation": RevocationReason.CESSATION_OF_OPERATION,
}


class JudgeMissing(RuleBroken):
    """A profile is accepted with pkilint only, and it is not installed. Parameter: profile."""

    code = "ceremony.judge-missing"
    citation = Citation(norm=Norm.ABSAH_DESIGN, clause="5")


class JudgeObjects(RuleBroken):
    """pkilint finds an error in what would be signed; nothing was signed. Parameter: findings."""

    code = "ceremony.judge-objects"
    citation = Citation(norm=Norm.ABSAH_DESIGN, clause="2")


@dataclass(frozen=True, slots=True, kw_only=True)
class Table:
    """What lies on the table: keys, files by name, the hour, chance, and the judge."""

    keys: KeyTable
    files: dict[str, bytes]
    now: Instant
    rng: Rng
    judge: Judge | None
    samples: Callable[[str, Instant, Rng], tuple[bytes, Profile]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Done:
    """What a step did: facts for the record, and the file it made, if one; in a rehearsal perhaps not `signed`."""

    facts: dict[str, str | int] = field(default_factory=dict)
    output: tuple[str, bytes] | None = None
    signed: bool = True


def do(step: Any, table: Table, /) -> Done:
    """Do one step. Raises whatever is wrong with it; nothing is kept of a ceremony that stops."""
    handler: Callable[[Any, Table], Done] = _HANDLERS[type(step)]
    return handler(step, table)


def _make_key(step: written.MakeKey, table: Table) -> Done:
    return _about_key(step.key, table.keys.make(step.key, step.algorithm))


def _import_key(step: written.ImportKey, table: Table) -> Done:
    return _about_key(step.key, table.keys.take_over(step.key, table.files[step.source]))


def _token_key(step: written.TokenKey, table: Table) -> Done:
    if step.key_id is None:
        key_id, public_key = table.keys.make_in_token(step.token, step.key, step.algorithm)
    else:
        found = table.keys.find_in_token(step.token, step.key, step.key_id)
        if found is None:
            return Done(facts={"key": step.key, "token": step.token, "rehearsed": "the token stays closed"})
        key_id, public_key = step.key_id, found
    about = _about_key(step.key, public_key)
    return replace(about, facts=about.facts | {"token": step.token, "key_id": key_id})


def _about_key(name: str, public_key: bytes) -> Done:
    return Done(
        facts={
            "key": name,
            "algorithm": describe_key(load_public_key(public_key)),
            "public_key_sha256": DigestAlgorithm.SHA256.digest(public_key).hex(),
        }
    )


def _certify_root(step: written.CertifyRoot, table: Table) -> Done:
    key = table.keys.open(step.key)
    if isinstance(key, RehearsedKey):
        return Done(facts={"key": step.key, "rehearsed": "the key stays closed"})
    wish = AuthorityWish(
        profile=step.profile,
        name=AuthorityName(common_name=step.common_name, organisation=step.organisation),
        public_key=public_key_of(key),
        days=step.days,
        endpoints=step.endpoints,
    )
    return _certified(step, _order(wish, None, table), table)


def _certify_authority(step: written.CertifyAuthority, table: Table) -> Done:
    wish = AuthorityWish(
        profile=step.profile,
        name=AuthorityName(common_name=step.common_name, organisation=step.organisation),
        public_key=parse_certificate_request(table.files[step.request]).public_key,
        days=step.days,
        endpoints=step.endpoints,
    )
    return _certified(step, _order(wish, table.files[step.issuer], table), table)


def _link_roots(step: written.LinkRoots, table: Table) -> Done:
    wish = wish_for_link(table.files[step.to], endpoints=step.endpoints)
    issuer = load_certificate(table.files[step.issuer])
    other = load_certificate(table.files[step.to])
    # A link lasts while both roots do.
    ends = min(issuer.not_valid_after_utc, other.not_valid_after_utc)
    order = _order(wish, table.files[step.issuer], table)
    lasting = None if step.days is None else timedelta(days=step.days)
    validity = order.profile.validity_at(table.now, lasting=lasting, until=instant(ends))
    return _certified(step, replace(order, validity=validity), table)


def _order(wish: AuthorityWish, issuer: bytes | None, table: Table) -> CertificateOrder:
    return order_for_authority(wish, issuer=issuer, serial=serial_number(table.rng), now=table.now)


def _certified(step: Any, order: CertificateOrder, table: Table) -> Done:
    """Lint, judge, sign; in a rehearsal with a closed key: lint and judge."""
    made = unsigned_certificate(prepare(order, now=table.now))
    if order.issuer is not None:
        _ask_judge(table.judge, made, order.profile)
    key = table.keys.open(step.key)
    if not isinstance(key, RehearsedKey):
        made = issue(prepare(order, now=table.now), key)
    if order.issuer is None:
        # pkilint takes a certificate for a root when it has verified that it signs itself.
        _ask_judge(table.judge, made, order.profile)
    certificate = load_certificate(made)
    return Done(
        facts={
            "key": step.key,
            "profile": order.profile.name,
            "subject": certificate.subject.rfc4514_string(),
            "issuer": certificate.issuer.rfc4514_string(),
            "serial": f"{certificate.serial_number:x}",
            "not_before": certificate.not_valid_before_utc.isoformat(),
            "not_after": certificate.not_valid_after_utc.isoformat(),
            "judged_by": "absah" if table.judge is None else "absah, pkilint",
        },
        output=(step.output, made),
        signed=not isinstance(key, RehearsedKey),
    )


def _ask_judge(judge: Judge | None, certificate: bytes, profile: Profile | None) -> None:
    found = () if judge is None else blocking(judge(certificate, profile))
    if found:
        raise JudgeObjects(findings=", ".join(finding.code for finding in found))


def _request_certificate(step: written.RequestCertificate, table: Table) -> Done:
    key = table.keys.open(step.key)
    if isinstance(key, RehearsedKey):
        return Done(facts={"key": step.key, "rehearsed": "the key stays closed"})
    name = AuthorityName(common_name=step.common_name, organisation=step.organisation)
    return Done(
        facts={"key": step.key, "subject": name.to_x509().rfc4514_string()},
        output=(step.output, build_certificate_request(key, name)),
    )


def _accept_certificate(step: written.AcceptCertificate, table: Table) -> Done:
    certificate, chain = table.files[step.certificate], tuple(table.files[name] for name in step.chain)
    key = table.keys.open(step.key)
    public_key = (
        public_key_of_certificate(load_certificate(certificate))
        if isinstance(key, RehearsedKey)
        else public_key_of(key)
    )
    accepted = check_authority(certificate, chain, public_key=public_key, now=table.now)
    return Done(
        facts={
            "key": step.key,
            "subject": accepted.subject.rfc4514_string(),
            "issuer": accepted.issuer.rfc4514_string(),
            "serial": f"{accepted.serial_number:x}",
            "not_after": accepted.not_valid_after_utc.isoformat(),
        }
    )


def _sign_crl(step: written.SignCrl, table: Table) -> Done:
    issuer = table.files[step.issuer]
    plan = CrlPlan(
        issuer_der=issuer,
        number=step.number,
        this_update=table.now,
        next_update=instant(table.now + timedelta(days=step.days)),
        entries=tuple(
            RevokedEntry(
                serial=serial_of(load_certificate(table.files[one.certificate])),
                at=written.day_begins(one.at),
                reason=_REASONS[one.reason],
            )
            for one in step.revoked
        ),
    )
    facts: dict[str, str | int] = {"key": step.key, "number": step.number, "entries": len(plan.entries)}
    key = table.keys.open(step.key)
    if isinstance(key, RehearsedKey):
        return Done(facts=facts | {"rehearsed": "the key stays closed"})
    return Done(facts=facts, output=(step.output, build_crl(plan, key)))


def _accept_profile(step: written.AcceptProfile, table: Table) -> Done:
    if table.judge is None:
        raise JudgeMissing(profile=step.profile)
    sample, profile = table.samples(step.profile, table.now, table.rng)
    _ask_judge(table.judge, sample, profile)
    return Done(facts={"profile": profile.name, "description": profile.description, "judged_by": "absah, pkilint"})


_HANDLERS: dict[type[Any], Callable[[Any, Table], Done]] = {
    written.MakeKey: _make_key,
    written.ImportKey: _import_key,
    written.TokenKey: _token_key,
    written.CertifyRoot: _certify_root,
    written.CertifyAuthority: _certify_authority,
    written.LinkRoots: _link_roots,
    written.RequestCertificate: _request_certificate,
    written.AcceptCertificate: _accept_certificate,
    written.SignCrl: _sign_crl,
    written.AcceptProfile: _accept_profile,
}
