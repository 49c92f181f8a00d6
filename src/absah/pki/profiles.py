"""Certificate profiles: what a certificate for a purpose looks like. A `Profile` is lawful or does not exist.

Parsed once from a reviewed TOML file; holds no clock and no key. What the rules of a purpose leave open (policies,
durations, key kinds) is the profile's to say; what a norm fixes (key usages, critical flags) is checked here, so that
no edit of a file can issue something unlawful.
"""

from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum
from functools import cache
from typing import NewType

from absah.kernel.clock import Instant, instant
from absah.kernel.errors import RuleBroken
from absah.kernel.refs import Citation, Norm
from absah.pki import oids
from absah.pki.algorithms import KeyAlgorithm
from absah.pki.profile_toml import ProfileDocument, ProfileUnreadable, read_profile_document

ProfileName = NewType("ProfileName", str)


class ProfileWithoutPolicy(RuleBroken):
    """A profile of anything but a root asserts no certificate policy. Parameter: profile."""

    code = "pki.profile-without-policy"
    citation = Citation(norm=Norm.RFC_5280, clause="4.2.1.4")


class ProfilePolicyNotTest(RuleBroken):
    """A test profile asserts a policy outside the test arc, or a real one asserts one inside. Parameter: profile."""

    code = "pki.profile-policy-not-test"
    citation = Citation(norm=Norm.ABSAH_DESIGN, clause="3 D13")


class ProfileKeyUsageUnlawful(RuleBroken):
    """Key usages that the purpose may not have, or lacks. Parameter: profile."""

    code = "pki.profile-key-usage-unlawful"
    citation = Citation(norm=Norm.EN_319_412_2, clause="4.3.2")


class ProfileExtendedKeyUsageUnlawful(RuleBroken):
    """Extended key usages, or their critical flag, that the purpose may not have, or lacks. Parameter: profile."""

    code = "pki.profile-extended-key-usage-unlawful"
    citation = Citation(norm=Norm.RFC_5280, clause="4.2.1.12")


class ProfileAuthorityUnlawful(RuleBroken):
    """A CA that is none, an end entity that is a CA, or a path length that the purpose forbids. Parameter: profile."""

    code = "pki.profile-authority-unlawful"
    citation = Citation(norm=Norm.RFC_5280, clause="4.2.1.9")


class ProfileRevocationUnlawful(RuleBroken):
    """Nobody could learn that such a certificate was revoked, or `nocheck` is out of place. Parameter: profile."""

    code = "pki.profile-revocation-unlawful"
    citation = Citation(norm=Norm.EN_319_412_2, clause="4.3.11")


class ProfileValidityUnlawful(RuleBroken):
    """Longer than the purpose may last, or dated back more than a day. Parameters: profile, limit_days."""

    code = "pki.profile-validity-unlawful"
    citation = Citation(norm=Norm.ABSAH_CPS, clause="6.3.2")


class ProfileKeysUnlawful(RuleBroken):
    """No key kind, or one that is too weak for a CA. Parameter: profile."""

    code = "pki.profile-keys-unlawful"
    citation = Citation(norm=Norm.TS_119_312, clause="6.2.2")


class Purpose(StrEnum):
    """What the certificate is for."""

    ROOT_CA = "root-ca"
    ISSUING_CA = "issuing-ca"
    LINK_CA = "link-ca"
    TIME_STAMPING = "time-stamping"
    OCSP_RESPONDER = "ocsp-responder"
    INDIVIDUAL_SIGNATURE = "individual-signature"
    ORGANISATION_SEAL = "organisation-seal"
    TLS_SERVER = "tls-server"
    TLS_CLIENT = "tls-client"
    APPLICATION = "application"

    @property
    def names_servers(self) -> bool:
        """Whether its certificates carry names of servers, each of them shown to be controlled."""
        return self in (Purpose.TLS_SERVER, Purpose.TLS_CLIENT)

    @property
    def is_authority(self) -> bool:
        """Whether it may sign certificates."""
        return self in (Purpose.ROOT_CA, Purpose.ISSUING_CA, Purpose.LINK_CA)


class KeyUsage(StrEnum):
    """RFC 5280 §4.2.1.3, those that a signing PKI needs. `nonRepudiation` goes by its younger name."""

    DIGITAL_SIGNATURE = "digitalSignature"
    CONTENT_COMMITMENT = "contentCommitment"
    KEY_CERT_SIGN = "keyCertSign"
    CRL_SIGN = "cRLSign"


class Endpoint(StrEnum):
    """A place that the certificate points to: its CRL, its OCSP responder, its issuer's certificate."""

    CRL = "crl"
    OCSP = "ocsp"
    CA_ISSUERS = "ca-issuers"


@dataclass(frozen=True, slots=True, kw_only=True)
class EndEntity:
    """Signs no certificates."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Authority:
    """Signs certificates; at most `path_length` CAs may follow below it (None: any number)."""

    path_length: int | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Validity:
    """The first and the last second of a certificate (RFC 5280 §4.1.2.5: both inclusive)."""

    not_before: Instant
    not_after: Instant

    @property
    def duration(self) -> timedelta:
        return self.not_after - self.not_before + timedelta(seconds=1)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Rule:
    """What the norms fix for a purpose."""

    key_usage: frozenset[KeyUsage]
    extended_key_usage: frozenset[str]
    critical: bool
    limit_days: int
    shorter: tuple[tuple[date, int], ...] = ()


_YEAR = 365
_RULES: dict[Purpose, _Rule] = {
    # RFC 5280 §4.2.1.3: keyCertSign with cA. Our CPS gives a CA key the two CA usages and no others.
    Purpose.ROOT_CA: _Rule(
        key_usage=frozenset({KeyUsage.KEY_CERT_SIGN, KeyUsage.CRL_SIGN}),
        extended_key_usage=frozenset(),
        critical=False,
        limit_days=20 * _YEAR + 5,
    ),
    Purpose.ISSUING_CA: _Rule(
        key_usage=frozenset({KeyUsage.KEY_CERT_SIGN, KeyUsage.CRL_SIGN}),
        extended_key_usage=frozenset(),
        critical=False,
        limit_days=10 * _YEAR + 3,
    ),
    # RFC 4210 §4.4: the new root certified by the old one, and the old by the new, while both are anchors somewhere.
    Purpose.LINK_CA: _Rule(
        key_usage=frozenset({KeyUsage.KEY_CERT_SIGN, KeyUsage.CRL_SIGN}),
        extended_key_usage=frozenset(),
        critical=False,
        limit_days=10 * _YEAR + 3,
    ),
    # RFC 3161 §2.3: "MUST contain only one instance of the extended key usage field extension ... KeyPurposeID having
    # value id-kp-timeStamping. This extension MUST be critical."
    Purpose.TIME_STAMPING: _Rule(
        key_usage=frozenset({KeyUsage.DIGITAL_SIGNATURE}),
        extended_key_usage=frozenset({oids.TIME_STAMPING}),
        critical=True,
        limit_days=5 * _YEAR + 2,
    ),
    # RFC 6960 §4.2.2.2: a delegated responder holds id-kp-OCSPSigning.
    Purpose.OCSP_RESPONDER: _Rule(
        key_usage=frozenset({KeyUsage.DIGITAL_SIGNATURE}),
        extended_key_usage=frozenset({oids.OCSP_SIGNING}),
        critical=False,
        limit_days=35,
    ),
    # EN 319 412-2 NAT-4.3.2-2 limits commitment certificates to type A, B or F and prefers A, contentCommitment alone.
    # Our CPS allows only A. RFC 9336 §3.1 gives the extended key usage; GEN-4.3.10-1 wants it not critical.
    Purpose.INDIVIDUAL_SIGNATURE: _Rule(
        key_usage=frozenset({KeyUsage.CONTENT_COMMITMENT}),
        extended_key_usage=frozenset({oids.DOCUMENT_SIGNING}),
        critical=False,
        limit_days=2 * _YEAR + 1,
    ),
    Purpose.ORGANISATION_SEAL: _Rule(
        key_usage=frozenset({KeyUsage.CONTENT_COMMITMENT}),
        extended_key_usage=frozenset({oids.DOCUMENT_SIGNING}),
        critical=False,
        limit_days=2 * _YEAR + 1,
    ),
    # CA/Browser Forum TLS BR 7.1.2.7.10: serverAuth. 7.1.2.7.11: digitalSignature is all that ECDHE needs. Root
    # programs want no clientAuth beside it.
    Purpose.TLS_SERVER: _Rule(
        key_usage=frozenset({KeyUsage.DIGITAL_SIGNATURE}),
        extended_key_usage=frozenset({oids.SERVER_AUTH}),
        critical=False,
        limit_days=200,
        # 6.3.2 (ballot SC-081)
        shorter=((date(2027, 3, 15), 100), (date(2029, 3, 15), 47)),
    ),
    Purpose.TLS_CLIENT: _Rule(
        key_usage=frozenset({KeyUsage.DIGITAL_SIGNATURE}),
        extended_key_usage=frozenset({oids.CLIENT_AUTH}),
        critical=False,
        limit_days=_YEAR + 1,
    ),
    Purpose.APPLICATION: _Rule(
        key_usage=frozenset({KeyUsage.DIGITAL_SIGNATURE}),
        extended_key_usage=frozenset({oids.CLIENT_AUTH}),
        critical=False,
        limit_days=_YEAR + 1,
    ),
}
_MAXIMUM_BACKDATE = timedelta(days=1)


@dataclass(frozen=True, slots=True, kw_only=True)
class Profile:
    """A lawful kind of certificate. Every field is fixed output, except key kind, endpoints and validity: limits."""

    name: ProfileName
    purpose: Purpose
    description: str
    is_test: bool
    policies: tuple[str, ...]
    key_usage: frozenset[KeyUsage]
    extended_key_usage: tuple[str, ...]
    extended_key_usage_critical: bool
    constraints: EndEntity | Authority
    no_revocation_check: bool
    key_algorithms: frozenset[KeyAlgorithm]
    endpoints_required: frozenset[Endpoint]
    endpoints_allowed: frozenset[Endpoint]
    max_validity: timedelta
    backdate: timedelta
    shorter: tuple[tuple[date, timedelta], ...] = ()

    def __post_init__(self) -> None:
        self._check_policies()
        self._check_usages()
        self._check_constraints()
        self._check_revocation()
        self._check_validity()
        # A CA outlives every subscriber: nothing below RSA-3072 (TS 119 312 §6.2.2.1, dates of RSA-2048).
        if not self.key_algorithms or (self.purpose.is_authority and KeyAlgorithm.RSA2048 in self.key_algorithms):
            raise ProfileKeysUnlawful(profile=self.name)

    def _check_validity(self) -> None:
        rule = _RULES[self.purpose]
        limits = [(date.min, rule.limit_days), *rule.shorter]
        steps = [first for first, _ in self.shorter]
        lawful = timedelta() <= self.backdate <= _MAXIMUM_BACKDATE and steps == sorted(set(steps))
        # Each limit holds from its day on, whatever a file says of the days after.
        for day in {*(first for first, _ in limits), *steps}:
            limit = timedelta(days=[days for first, days in limits if first <= day][-1])
            lawful = lawful and timedelta() < self.max_validity_on(day) <= limit
        if not lawful:
            raise ProfileValidityUnlawful(profile=self.name, limit_days=rule.limit_days)

    def max_validity_on(self, day: date, /) -> timedelta:
        """The longest validity of a certificate that is issued on a day (UTC)."""
        return [self.max_validity, *(limit for first, limit in self.shorter if first <= day)][-1]

    def _check_policies(self) -> None:
        # RFC 5280 §4.2.1.4; a root is trusted as itself and needs none.
        if not self.policies and self.purpose is not Purpose.ROOT_CA:
            raise ProfileWithoutPolicy(profile=self.name)
        for policy in self.policies:
            if policy == oids.ANY_POLICY:
                # "CAs MUST NOT ... anyPolicy" for end entities is our CPS; a CA below our own root may hold it.
                if not self.purpose.is_authority:
                    raise ProfileWithoutPolicy(profile=self.name)
            elif policy.startswith(oids.TEST_ARC + ".") is not self.is_test:
                raise ProfilePolicyNotTest(profile=self.name)

    def _check_usages(self) -> None:
        rule = _RULES[self.purpose]
        if self.key_usage != rule.key_usage:
            raise ProfileKeyUsageUnlawful(profile=self.name)
        # Our CPS states exactly the purpose: an additional extended key usage would mix keys.
        if (
            frozenset(self.extended_key_usage) != rule.extended_key_usage
            or len(self.extended_key_usage) != len(rule.extended_key_usage)
            or self.extended_key_usage_critical is not rule.critical
        ):
            raise ProfileExtendedKeyUsageUnlawful(profile=self.name)

    def _check_constraints(self) -> None:
        match self.constraints:
            case Authority(path_length=depth):
                # Our hierarchy has two tiers: nothing may stand below an issuing CA. A link stands for a root.
                lawful = self.purpose in (Purpose.ROOT_CA, Purpose.LINK_CA) or (
                    self.purpose is Purpose.ISSUING_CA and depth == 0
                )
            case _:
                lawful = not self.purpose.is_authority
        if not lawful:
            raise ProfileAuthorityUnlawful(profile=self.name)

    def _check_revocation(self) -> None:
        # RFC 6960 §4.2.2.2.1: nocheck belongs to responders, whose own certificate then points to no status.
        if self.no_revocation_check is not (self.purpose is Purpose.OCSP_RESPONDER):
            raise ProfileRevocationUnlawful(profile=self.name)
        statuses = {Endpoint.CRL, Endpoint.OCSP}
        if self.no_revocation_check or self.purpose is Purpose.ROOT_CA:
            lawful = not self.endpoints_allowed & statuses
        else:
            # EN 319 412-2 GEN-4.3.11-2: a CRL distribution point, unless OCSP is there; our CPS publishes a CRL always.
            lawful = Endpoint.CRL in self.endpoints_required
        if not lawful or not self.endpoints_required <= self.endpoints_allowed:
            raise ProfileRevocationUnlawful(profile=self.name)

    def validity_at(
        self, now: Instant, /, *, lasting: timedelta | None = None, until: Instant | None = None
    ) -> Validity:
        """The validity of a certificate issued now: dated back by `backdate`, `lasting` or as long as allowed.

        `until` cuts it off, as the end of the issuer's own certificate does.
        """
        start = now - self.backdate
        end = instant(start + (self.max_validity_on(now.date()) if lasting is None else lasting) - timedelta(seconds=1))
        return Validity(not_before=instant(start), not_after=end if until is None else min(end, until))


def profile_from_document(document: ProfileDocument, /) -> Profile:
    """What was written becomes what is accepted. Raises ProfileUnreadable, and the rules' own errors."""
    try:
        return Profile(
            name=ProfileName(document.name),
            purpose=Purpose(document.purpose),
            description=document.description,
            is_test=document.test,
            policies=document.policies,
            key_usage=frozenset(KeyUsage(usage) for usage in document.key_usage),
            extended_key_usage=document.extended_key_usage,
            extended_key_usage_critical=document.extended_key_usage_critical,
            constraints=Authority(path_length=document.path_length) if document.authority else EndEntity(),
            no_revocation_check=document.no_revocation_check,
            key_algorithms=frozenset(KeyAlgorithm(kind) for kind in document.key_algorithms),
            endpoints_required=frozenset(Endpoint(place) for place in document.endpoints_required),
            endpoints_allowed=frozenset(Endpoint(place) for place in document.endpoints_allowed),
            max_validity=timedelta(days=document.max_validity_days),
            backdate=timedelta(minutes=document.backdate_minutes),
            shorter=tuple((step.first, timedelta(days=step.max_validity_days)) for step in document.shorter),
        )
    except ValueError as problem:
        raise ProfileUnreadable(profile=document.name, problem=str(problem)) from problem


@cache
def load_profile(name: str, /) -> Profile:
    """A profile of the catalogue. Raises ProfileUnknown, ProfileUnreadable, and the rules' own errors."""
    return profile_from_document(read_profile_document(name))
