"""The OCSP desk: a question in, a signed status out.

A plain question (one certificate, nothing else) is answered with bytes signed earlier, if there are any and the status
has not changed since; every other question is answered on the fly. What was never issued is `unknown`, and that is
never kept. A status that changed is told within about a second.
"""

from base64 import b64decode
from binascii import Error as Base64Malformed
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from email.utils import format_datetime
from hashlib import sha256
from typing import Final, Protocol, final

from absah.adapters.responder_keys import CertifiedKey
from absah.kernel.clock import Clock, Instant, instant
from absah.kernel.errors import AbsahError
from absah.pki.ocsp import build_ocsp_error
from absah.pki.ocsp_answers import OcspStatusCode
from absah.pki.ocsp_requests import AskedCertificate, OcspRequest
from absah.pki.ocsp_responder import OcspResponder, Period, SingleAnswer
from absah.pki.ocsp_shapes import RequestReader
from absah.pki.revocation import RevocationStatus, Unknown
from absah_site.responders.exchange import Answer, Headers, Question
from absah_site.responders.ocsp.kept import KeptAnswers
from absah_site.responders.ocsp.register import Issuer, RegisterSilent

#: For how long an answer holds (nextUpdate), is kept here, and may lie in caches elsewhere.
LIFETIME: Final = timedelta(hours=12)
KEPT_FOR: Final = timedelta(hours=1)
CACHED_FOR: Final = timedelta(minutes=5)
_LARGEST: Final = 16 * 1024
_LONGEST_ADDRESS: Final = 1024
_TYPE: Final = ("content-type", "application/ocsp-response")
_UNCACHED: Final[Headers] = (_TYPE, ("cache-control", "no-store"))


class StatusRegister(Protocol):
    """The register, as far as the desk asks."""

    def issuers(self) -> tuple[Issuer, ...]: ...
    def status_of(self, issuer: Issuer, serial: int, /) -> RevocationStatus: ...
    def changed_since(self, now: Instant, /) -> list[tuple[int, int]]: ...


class KeyRing(Protocol):
    """Where the responder's own keys are."""

    def key_for(self, issuer: Issuer, now: Instant, /) -> CertifiedKey | None: ...


@dataclass(frozen=True, slots=True)
class _Serving:
    """An issuer we can answer for, the key that signs for it, and for which time an answer of this second holds."""

    issuer: Issuer
    name: str
    responder: OcspResponder
    period: Period


def _error(status: OcspStatusCode) -> Answer:
    return Answer(build_ocsp_error(status), _UNCACHED, status.name.lower())


_MALFORMED: Final = _error(OcspStatusCode.MALFORMED_REQUEST)
_UNAUTHORISED: Final = _error(OcspStatusCode.UNAUTHORISED)
_TRY_LATER: Final = _error(OcspStatusCode.TRY_LATER)
_INTERNAL: Final = _error(OcspStatusCode.INTERNAL_ERROR)


@final
class OcspDesk:
    """Answers for the issuing CAs of this instance."""

    name: Final = "ocsp"
    path: Final = "/ocsp"
    methods: Final = frozenset({"GET", "POST"})
    media_type: Final = "application/ocsp-request"
    largest: Final = _LARGEST

    def __init__(self, register: StatusRegister, keys: KeyRing, clock: Clock, /, *, keeps: bool = True) -> None:
        self._register = register
        self._keys = keys
        self._clock = clock
        self._keeps = keeps
        self._kept = KeptAnswers()
        self._requests = RequestReader()
        self._serving: tuple[_Serving, ...] = ()
        self._issuers: tuple[Issuer, ...] = ()

    def answer(self, question: Question, /) -> Answer:
        posted = question.method == "POST"
        asked: bytes | str = question.body if posted else question.rest
        if (kept := self._kept.find(asked)) is not None:
            return kept
        try:
            request = self._requests.read(question.body if posted else _from_address(question.rest))
        except AbsahError:
            return _MALFORMED
        try:
            return self._answer(request, asked)
        except RegisterSilent:
            return _TRY_LATER

    def fault(self) -> Answer:
        return _INTERNAL

    def tick(self) -> None:
        """Look for new issuers, new keys, and changes of status. Raises RegisterSilent."""
        now = self._clock.now()
        self._issuers = self._register.issuers()
        found = tuple(serving for issuer in self._issuers if (serving := self._served(issuer, now)) is not None)
        if [one.name for one in found] != [one.name for one in self._serving]:
            self._kept.clear()  # one answer, one certificate of the responder: the new key speaks from now on
        self._serving = found
        self._kept.drop_older(instant(now - KEPT_FOR))
        self._kept.drop_about(self._register.changed_since(now))

    def _served(self, issuer: Issuer, now: Instant) -> _Serving | None:
        key = self._keys.key_for(issuer, now)
        if key is None:
            return None
        name = f"{issuer.slug}/{key.name}"
        known = next((one.responder for one in self._serving if one.name == name), None)
        responder = known or OcspResponder(issuer.certificate, key.certificate, key.key)
        # What the register says is true for the second of the last look: nothing is read from an older moment.
        period = Period(this_update=now, next_update=instant(min(now + LIFETIME, responder.not_after)))
        return _Serving(issuer, name, responder, period)

    def _answer(self, request: OcspRequest, asked: bytes | str) -> Answer:
        serving = self._responsible_for(request.asked)
        if serving is None:
            # RFC 5019 §2.2.3: "unauthorized" where the responder has no authoritative records of the issuer.
            return _UNAUTHORISED if self._serving else _TRY_LATER
        singles = [SingleAnswer(asked=one, status=self._status(serving, one)) for one in request.asked]
        body = serving.responder.respond(singles, serving.period, request.nonce)
        certain = not any(type(single.status) is Unknown for single in singles)
        if not (request.is_plain and certain):
            return Answer(body, _UNCACHED, "live" if certain else "unknown")
        etag = f'"{sha256(body).hexdigest()[:32]}"'
        answer = Answer(body, _cache_headers(etag, serving.period), "signed", etag=etag)
        if self._keeps:
            again = answer._replace(outcome="kept")
            about = (serving.issuer.number, request.asked[0].serial)
            self._kept.keep(asked, again, about, signed_at=serving.period.this_update)
        return answer

    def _responsible_for(self, asked: Sequence[AskedCertificate]) -> _Serving | None:
        """Who answers: the responder of the issuer that is asked about first."""
        for certificate in asked:
            for serving in self._serving:
                if serving.responder.is_about(certificate):
                    return serving
        return None

    def _status(self, serving: _Serving, asked: AskedCertificate) -> RevocationStatus:
        # A responder speaks for the issuer that delegated to it and for no other (RFC 6960 §4.2.2.2).
        if not serving.responder.is_about(asked):
            return Unknown()
        return self._register.status_of(serving.issuer, asked.serial)


def _from_address(rest: str) -> bytes:
    """The question in the address of a GET (RFC 6960 A.1): base64, percent-decoded by the server already.

    Empty for what is none, which no parser takes for a question. A form-decoding proxy made spaces of the plus signs.
    """
    if len(rest) > _LONGEST_ADDRESS:
        return b""
    text = rest.replace(" ", "+")
    try:
        return b64decode(text + "=" * (-len(text) % 4), validate=True)
    except (Base64Malformed, ValueError):
        return b""


def _cache_headers(etag: str, period: Period) -> Headers:
    """RFC 5019 §6.2: an answer may lie in caches, for less long than it holds, so that a revocation is soon seen."""
    return (
        _TYPE,
        ("last-modified", format_datetime(period.this_update, usegmt=True)),
        ("expires", format_datetime(period.next_update, usegmt=True)),
        ("etag", etag),
        ("cache-control", f"max-age={int(CACHED_FOR.total_seconds())}, public, no-transform, must-revalidate"),
    )
