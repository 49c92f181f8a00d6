"""Who calls: a name and a password, from an address that the application may have.

Passwords are drawn by us and long, so that their SHA-256 is enough and costs a call nothing. What was looked up is
remembered for a second in each process: a password that ends, or an application that is disabled, is refused a second
later at the latest.
"""

import base64
import binascii
import hashlib
from collections import OrderedDict
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cache
from ipaddress import ip_address, ip_network
from threading import Lock
from typing import Final, final

from django.conf import settings
from django.core import signing

from absah.kernel.clock import Clock
from absah.kernel.errors import NotAllowed
from absah_site import composition
from absah_site.allowance import Allowance
from absah_site.applications.access.client_certificates import application_with_certificate
from absah_site.applications.store import applications as store
from absah_site.applications.store.applications import RegisteredApplication

_REMEMBERED_SECONDS: Final = 1.0
_MOST_REMEMBERED: Final = 1000
_LONGEST: Final = 1024
TOKEN_SECONDS: Final = 3600
_TOKEN_SALT: Final = "absah.applications.token"  # noqa: S105  (a purpose, no secret)


class CredentialsWrong(NotAllowed):
    """No enabled application has this name and this password."""

    code = "applications.credentials-wrong"


class AddressRefused(NotAllowed):
    """The application may not call from this address."""

    code = "applications.address-refused"


class CertificateNeeded(NotAllowed):
    """The application proves itself with its certificate besides, and this call showed none of its own."""

    code = "applications.certificate-needed"


class TlsNeeded(NotAllowed):
    """The password came over a connection that anybody could read."""

    code = "applications.tls-needed"


@dataclass(frozen=True, slots=True)
class _Remembered:
    application: RegisteredApplication
    until: float


@final
class Acquaintances:
    """Who was right a moment ago."""

    def __init__(self, clock: Clock, /) -> None:
        self._clock = clock
        self._known: OrderedDict[tuple[str, str], _Remembered] = OrderedDict()
        self._lock = Lock()

    def application(self, username: str, digest: str, /) -> RegisteredApplication:
        """The application. Raises CredentialsWrong."""
        key = (username, digest)
        return self._known_or(key, lambda: store.find_by_password(*key, now=self._clock.now()))

    def application_with(self, fingerprint: str, /) -> RegisteredApplication:
        """The application behind a certificate that was shown in TLS. Raises CredentialsWrong."""
        return self._known_or(
            ("", fingerprint), lambda: application_with_certificate(fingerprint, now=self._clock.now())
        )

    def _known_or(
        self, key: tuple[str, str], look_up: Callable[[], RegisteredApplication | None]
    ) -> RegisteredApplication:
        now = self._clock.monotonic()
        with self._lock:
            known = self._known.get(key)
        if known is not None and now < known.until:
            return known.application
        found = look_up()
        if found is None:
            raise CredentialsWrong
        with self._lock:
            self._known[key] = _Remembered(found, now + _REMEMBERED_SECONDS)
            self._known.move_to_end(key)
            while len(self._known) > _MOST_REMEMBERED:
                self._known.popitem(last=False)
        return found

    def forget(self) -> None:
        """Look everything up again."""
        with self._lock:
            self._known.clear()


def password_digest(password: str, /) -> str:
    """How a password is kept."""
    return hashlib.sha256(password.encode()).hexdigest()


@cache
def _acquaintances() -> Acquaintances:
    return Acquaintances(composition.clock())


@cache
def _guesses() -> Allowance:
    """How many wrong passwords an address may show: many at once from a proxy of many applications, then few."""
    return Allowance(composition.clock(), at_once=30, every=2.0)


def forget_applications() -> None:
    """In this process: what was remembered holds no more. After a change, and between tests."""
    _acquaintances.cache_clear()
    _guesses.cache_clear()


def authenticate(header: str, address: str, /, *, certificate: str = "") -> RegisteredApplication:
    """The application behind an `Authorization` header: Basic (RFC 7617), or Bearer with a token of ours (RFC 6750).

    Without one it is that of the `certificate` (its fingerprint) shown in TLS; an application may want both. Raises
    CredentialsWrong, TooManyQuestions, CertificateNeeded. Who shows the right password is never held up by the wrong
    ones of others behind the same address.
    """
    if certificate and not header:
        return _acquaintances().application_with(certificate)
    try:
        found = _acquaintances().application(*_shown(header))
    except CredentialsWrong:
        if header:
            _guesses().spend(address)
        raise
    if found.needs_certificate and not _is_its_own(found, certificate):
        raise CertificateNeeded
    return found


def _is_its_own(application: RegisteredApplication, certificate: str) -> bool:
    if not certificate:
        return False
    try:
        return _acquaintances().application_with(certificate).id == application.id
    except CredentialsWrong:
        return False


def access_token(header: str, address: str, /, *, certificate: str = "") -> str:
    """A token for an hour, for who shows name and password (RFC 6749 §4.4). Raises as `authenticate`.

    It ends with the password that it was given for, and with the application.
    """
    authenticate(header, address, certificate=certificate)
    return signing.dumps(_shown(header), salt=_TOKEN_SALT)


def _shown(header: str) -> tuple[str, str]:
    """The name and the digest of the password that a header shows, or that its token was given for."""
    scheme, _, body = header.partition(" ")
    if len(body) > _LONGEST:
        raise CredentialsWrong
    if scheme.lower() == "bearer":
        try:
            username, digest = signing.loads(body.strip(), salt=_TOKEN_SALT, max_age=TOKEN_SECONDS)
        except signing.BadSignature:
            raise CredentialsWrong from None
        return str(username), str(digest)
    username, password = _basic(scheme, body)
    return username, password_digest(password)


def _basic(scheme: str, body: str) -> tuple[str, str]:
    if scheme.lower() != "basic":
        raise CredentialsWrong
    try:
        username, colon, password = base64.b64decode(body.strip(), validate=True).decode().partition(":")
    except (binascii.Error, ValueError):
        raise CredentialsWrong from None
    if not colon or "\0" in username:
        raise CredentialsWrong
    return username, password


def require_tls(environ: Mapping[str, object], /) -> None:
    """Where the instance has an https address, nothing is taken over http. Raises TlsNeeded.

    TLS ends at the proxy in front, which says so in the one header that we trust.
    """
    trusted = getattr(settings, "SECURE_PROXY_SSL_HEADER", None)
    if trusted is not None and environ.get(trusted[0]) != trusted[1]:
        raise TlsNeeded


def require_address(application: RegisteredApplication, address: str, /) -> None:
    """Raises AddressRefused. No network named is every network, and so is 0.0.0.0, as it used to be written."""
    if not application.addresses or "0.0.0.0" in application.addresses:  # noqa: S104  (a word of the wire's admins)
        return
    try:
        caller = ip_address(address)
    except ValueError:
        raise AddressRefused from None
    networks = (ip_network(one, strict=False) for one in application.addresses)
    if not any(caller.version == network.version and caller in network for network in networks):
        raise AddressRefused
