"""Control of a domain: a token that only who runs it can publish, in DNS or over HTTP; and whether CAA lets us issue.

Pure: what was found goes in, a judgement comes out. A token lives for thirty days; what was shown with it may be relied
on for as long as the table below says, then it is shown again.
"""

import hmac
from base64 import b32encode
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum
from typing import Final

from absah.kernel.clock import Instant, instant
from absah.kernel.errors import RuleBroken
from absah.kernel.refs import Citation, Norm
from absah.kernel.rng import Rng
from absah.pki.dns_names import DnsName, is_covered

#: CA/Browser Forum TLS BR 3.2.2.4.7 and 3.2.2.4.18: a random value is good for thirty days.
TOKEN_LIFE: Final = timedelta(days=30)
#: The same, 4.2.1 (ballot SC-081): from which day on, for how long a domain that was shown may be relied on.
REUSE: Final = (
    (date(2026, 3, 15), timedelta(days=200)),
    (date(2027, 3, 15), timedelta(days=100)),
    (date(2029, 3, 15), timedelta(days=10)),
)
RECORD_LABEL: Final = "_absah-challenge"
WELL_KNOWN: Final = "/.well-known/absah-challenge/"
_TOKEN_BYTES: Final = 20  # 160 random bits; the norm asks for 112
_PREFIX: Final = "absah-token="


class DomainNotShown(RuleBroken):
    """The token was not found where it should be. Parameters: domain, place."""

    code = "pki.domain-not-shown"
    citation = Citation(norm=Norm.CABF_TLS_BR, clause="3.2.2.4")


class IssuerNotAuthorised(RuleBroken):
    """A CAA record names other issuers, or has a critical property that we do not know. Parameter: domain."""

    code = "pki.caa-forbids"
    citation = Citation(norm=Norm.RFC_8659, clause="3")


class Method(StrEnum):
    """How control is shown."""

    DNS = "dns"
    HTTP = "http"


@dataclass(frozen=True, slots=True, kw_only=True)
class Challenge:
    """A token for a domain, and until when it may be shown."""

    domain: DnsName
    method: Method
    token: str
    expires: Instant

    @property
    def record_name(self) -> str:
        """Where the TXT record stands."""
        return f"{RECORD_LABEL}.{self.domain}"

    @property
    def record_value(self) -> str:
        """What the TXT record says."""
        return f"{_PREFIX}{self.token}"

    @property
    def url(self) -> str:
        """Where the file lies: plain http, port 80, for a server without a certificate."""
        return f"http://{self.domain}{WELL_KNOWN}{self.token}"

    @property
    def content(self) -> bytes:
        """What the file holds."""
        return self.record_value.encode()


def new_challenge(domain: DnsName, method: Method, /, *, now: Instant, rng: Rng) -> Challenge:
    """A fresh token."""
    token = b32encode(rng.token(_TOKEN_BYTES)).decode().lower()
    return Challenge(domain=domain, method=method, token=token, expires=instant(now + TOKEN_LIFE))


def check_txt(challenge: Challenge, records: Iterable[str], /) -> None:
    """One of the TXT records is the token. Raises DomainNotShown."""
    wanted = challenge.record_value
    if not any(hmac.compare_digest(record.strip().encode(), wanted.encode()) for record in records):
        raise DomainNotShown(domain=challenge.domain, place=challenge.record_name)


def check_file(challenge: Challenge, content: bytes, /) -> None:
    """The file is the token, and nothing else but white space at its end. Raises DomainNotShown."""
    if not hmac.compare_digest(content.rstrip(), challenge.content):
        raise DomainNotShown(domain=challenge.domain, place=challenge.url)


def reusable_until(shown_at: Instant, /, *, now: Instant) -> Instant:
    """Until when a domain that was shown may be relied on, by the rule in force today."""
    limits = [limit for begins, limit in REUSE if begins <= now.date()]
    return instant(shown_at + (limits[-1] if limits else REUSE[0][1]))


def speaks_for(name: DnsName, proven: DnsName, method: Method, /) -> bool:
    """Whether control of a domain covers a name. A file speaks for its own host only, and never for a wildcard."""
    if method is Method.HTTP:
        return name == proven
    return is_covered(name, proven)


@dataclass(frozen=True, slots=True, kw_only=True)
class CaaRecord:
    """One CAA record (RFC 8659 §4.1)."""

    critical: bool
    tag: str
    value: str


_KNOWN_TAGS: Final = frozenset({"issue", "issuewild", "iodef", "contactemail", "contactphone", "issuemail", "issuevmc"})


def check_caa(domain: DnsName, records: tuple[CaaRecord, ...], issuer: str, /, *, wildcard: bool) -> None:
    """Whether the records nearest above a name let `issuer` (a domain of ours) issue. None: everybody may.

    Raises IssuerNotAuthorised.
    """
    tags = {record.tag.lower() for record in records}
    # RFC 8659 §4.1: a critical property that is not understood forbids.
    unknown = any(record.critical and record.tag.lower() not in _KNOWN_TAGS for record in records)
    # §4.3: issuewild, where there is one, decides about wildcards instead of issue.
    deciding = "issuewild" if wildcard and "issuewild" in tags else "issue"
    if unknown or (deciding in tags and not _named(records, deciding, issuer)):
        raise IssuerNotAuthorised(domain=domain)


def _named(records: tuple[CaaRecord, ...], tag: str, issuer: str) -> bool:
    values = (record.value.partition(";")[0].strip().lower() for record in records if record.tag.lower() == tag)
    return issuer.lower() in values
