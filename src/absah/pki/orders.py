"""A certificate order: everything about a certificate that is to be, and whether its profile allows it.

The order is a value that travels (from the site to the signer process); `check_order` is asked again where the key is.
"""

import re
from dataclasses import dataclass
from datetime import timedelta
from typing import Final

from absah.kernel.clock import Instant
from absah.kernel.errors import BadInput, RuleBroken
from absah.kernel.refs import Citation, Norm
from absah.kernel.rng import Serial
from absah.pki.algorithm_policy import AlgorithmUse, check_usable
from absah.pki.algorithms import KeyAlgorithm, key_algorithm_of
from absah.pki.dns_names import DnsNameRefused, parse_dns_names
from absah.pki.lint import subject_kind_of
from absah.pki.names import SubjectName
from absah.pki.profiles import Endpoint, Profile, Purpose, Validity
from absah.pki.weak_keys import check_key_strength

#: How old an order may be when it reaches the key: the clocks of two processes, and a person in between.
_ORDER_LIFETIME = timedelta(minutes=10)
_MINIMUM_SERIAL: Final = 1 << 64
_MAXIMUM_SERIAL: Final = 1 << 159
_URL_LIMIT: Final = 512
_URL: Final = re.compile(r"(https?)://[A-Za-z0-9.\-]+(?::[0-9]{1,5})?(?:/[A-Za-z0-9._~\-/%]*)?")
_EMAIL: Final = re.compile(r"[A-Za-z0-9.!#$%&'*+/=?^_`{|}~\-]{1,64}@[A-Za-z0-9](?:[A-Za-z0-9.\-]{0,253}[A-Za-z0-9])?")


class KeyNotInProfile(RuleBroken):
    """The profile does not certify this kind of key. Parameters: profile, algorithm."""

    code = "pki.key-not-in-profile"
    citation = Citation(norm=Norm.ABSAH_CPS, clause="6.1.5")


class SubjectNotInProfile(RuleBroken):
    """A person's profile with an organisation's name, or the like. Parameters: profile, subject."""

    code = "pki.subject-not-in-profile"
    citation = Citation(norm=Norm.ABSAH_CPS, clause="7.1.4")


class SerialRefused(RuleBroken):
    """A serial number that is not 64 to 159 bits long."""

    code = "pki.serial-refused"
    citation = Citation(norm=Norm.RFC_5280, clause="4.1.2.2")


class ValidityRefused(RuleBroken):
    """Too long, too early, not yet begun, or longer than the issuer's. Parameters: profile, problem."""

    code = "pki.validity-refused"
    citation = Citation(norm=Norm.ABSAH_CPS, clause="6.3.2")


class EndpointRefused(RuleBroken):
    """A place that is missing, forbidden by the profile, or no plain http address. Parameters: endpoint, problem."""

    code = "pki.endpoint-refused"
    citation = Citation(norm=Norm.EN_319_412_2, clause="4.3.11")


class EmailRefused(BadInput):
    """Not a plain ASCII mail address, or a certificate that carries none. The address is not repeated."""

    code = "pki.email-refused"


@dataclass(frozen=True, slots=True, kw_only=True)
class Endpoints:
    """Where a relying party finds the CRL, the OCSP responder and the issuer's certificate."""

    crl_url: str | None = None
    ocsp_url: str | None = None
    ca_issuers_url: str | None = None

    def by_kind(self) -> dict[Endpoint, str]:
        """The addresses that are there."""
        all_three = {
            Endpoint.CRL: self.crl_url,
            Endpoint.OCSP: self.ocsp_url,
            Endpoint.CA_ISSUERS: self.ca_issuers_url,
        }
        return {kind: url for kind, url in all_three.items() if url is not None}


@dataclass(frozen=True, slots=True, kw_only=True)
class CertificateOrder:
    """Everything about a certificate that is to be. `issuer` is the issuer's certificate (DER), None for a root."""

    profile: Profile
    subject: SubjectName
    public_key: bytes
    serial: Serial
    validity: Validity
    issuer: bytes | None
    endpoints: Endpoints = Endpoints()
    emails: tuple[str, ...] = ()
    dns_names: tuple[str, ...] = ()


def _check_validity(order: CertificateOrder, now: Instant) -> None:
    profile, validity = order.profile, order.validity
    problem = ""
    if validity.not_before > validity.not_after:
        problem = "reversed"
    elif validity.duration > profile.max_validity_on(now.date()):
        problem = "too-long"
    elif validity.not_before < now - profile.backdate - _ORDER_LIFETIME:
        problem = "dated-back"
    elif validity.not_before > now:
        problem = "not-begun"
    if problem:
        raise ValidityRefused(profile=profile.name, problem=problem)


def _check_endpoints(profile: Profile, endpoints: Endpoints) -> None:
    given = endpoints.by_kind()
    for kind in profile.endpoints_required - given.keys():
        raise EndpointRefused(endpoint=kind.value, problem="absent")
    for kind, url in given.items():
        if kind not in profile.endpoints_allowed:
            raise EndpointRefused(endpoint=kind.value, problem="not-in-profile")
        match = _URL.fullmatch(url) if len(url) <= _URL_LIMIT else None
        # RFC 5280 §8 and EN 319 412-2 GEN-4.3.11-4: plain http, or fetching needs validating needs fetching.
        if match is None or match[1] != "http":
            raise EndpointRefused(endpoint=kind.value, problem="not-http")


def check_order(order: CertificateOrder, now: Instant, /) -> KeyAlgorithm:
    """What the profile says about the order, apart from its issuer. The kind of its key.

    Raises the errors of this module and of `weak_keys`, KeyNotAllowed, KeyUnreadable, AlgorithmExpired.
    """
    profile = order.profile
    if not isinstance(order.subject, subject_kind_of(profile.purpose)):
        raise SubjectNotInProfile(profile=profile.name, subject=type(order.subject).__name__)
    check_key_strength(order.public_key)  # first: it says more than that the key is of no kind of ours
    algorithm = key_algorithm_of(order.public_key)
    if algorithm not in profile.key_algorithms:
        raise KeyNotInProfile(profile=profile.name, algorithm=algorithm.value)
    if not _MINIMUM_SERIAL <= order.serial < _MAXIMUM_SERIAL:
        raise SerialRefused
    _check_validity(order, now)
    # Design D8b: a key must be good for new signatures until its certificate ends.
    check_usable(algorithm, AlgorithmUse.NEW, order.validity.not_after.date())
    _check_endpoints(profile, order.endpoints)
    carries_mail = profile.purpose in (Purpose.INDIVIDUAL_SIGNATURE, Purpose.ORGANISATION_SEAL)
    if (order.emails and not carries_mail) or not all(_EMAIL.fullmatch(address) for address in order.emails):
        raise EmailRefused
    _check_dns_names(order)
    return algorithm


def _check_dns_names(order: CertificateOrder) -> None:
    """Names of servers where the purpose is one, and nowhere else, written as a certificate carries them."""
    if not order.profile.purpose.names_servers:
        if order.dns_names:
            raise DnsNameRefused(name=order.dns_names[0][:80], problem="not-in-profile")
        return
    if parse_dns_names(order.dns_names, inner_allowed=True) != order.dns_names:
        raise DnsNameRefused(name="", problem="not-normal")
