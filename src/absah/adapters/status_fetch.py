"""Fetching what is missing to judge a document: issuers, OCSP responses, lists.

What comes back is laid beside the register and judged like everything else, so that a liar on the network can keep an
answer away and cannot make one. Lists are kept until they are renewed.
"""

from collections import OrderedDict
from collections.abc import Callable
from dataclasses import replace
from functools import partial
from typing import Final, Protocol, final

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509 import ocsp

from absah.kernel.clock import Clock, Instant
from absah.kernel.errors import AbsahError
from absah.pki.certificates import load_certificate
from absah.pki.ocsp_answers import parse_ocsp_response
from absah.validation.context import OnlineSource, ValidationContext
from absah.validation.evidence import DocumentEvidence, Material
from absah.validation.needs import IssuerNeeded, StatusNeeded, find_needs
from absah.validation.path.crl import read_list

_MOST_LIST: Final = 32 * 1024 * 1024
_MOST_SMALL: Final = 256 * 1024
_MOST_KEPT: Final = 64 * 1024 * 1024
#: Questions for one document, whatever it says, and seconds for all of them.
_QUESTIONS: Final = 16
_SECONDS: Final = 20.0
_OCSP_REQUEST: Final = "application/ocsp-request"
#: Issuers of issuers: how often it is looked again for what the last answer showed to be missing.
_ROUNDS: Final = 3


class Web(Protocol):
    """Whom it asks: `web_fetch.WebFetcher`, or a test."""

    def get(self, address: str, /, *, most: int) -> bytes:
        """What an address holds. Raises coded errors."""
        ...

    def post(self, address: str, body: bytes, kind: str, /, *, most: int) -> bytes:
        """The answer to a body of a media type. Raises coded errors."""
        ...


@final
class StatusFetcher:
    """Completes a context for one document after the other. Keep it: it remembers lists."""

    def __init__(self, web: Web, clock: Clock) -> None:
        self._web = web
        self._clock = clock
        self._kept: OrderedDict[str, tuple[bytes, Instant]] = OrderedDict()

    def completed(self, evidence: DocumentEvidence, context: ValidationContext, /) -> ValidationContext:
        """The context with what could be had. Raises nothing: what cannot be had stays unknown, and is told so."""
        errand = _Errand(self._clock.monotonic() + _SECONDS, context)
        asked: set[bytes] = set()
        for _ in range(_ROUNDS):
            needs = find_needs(evidence, errand.context)
            issuers = [one for one in needs.issuers if one.certificate not in asked]
            if not issuers:
                break
            asked |= {one.certificate for one in issuers}
            for need in issuers:
                self._find_issuer(need, errand)
        for status in find_needs(evidence, errand.context).statuses:
            self._find_status(status, errand)
        return errand.context

    def _find_issuer(self, need: IssuerNeeded, errand: "_Errand") -> None:
        for address in need.addresses:
            found = self._get(address, errand, most=_MOST_SMALL)
            if found is not None and errand.add(
                address, Material(certificates=(found,)), partial(load_certificate, found)
            ):
                return

    def _find_status(self, need: StatusNeeded, errand: "_Errand") -> None:
        """The responder first: it is small, and younger than any list."""
        for address in need.responders:
            try:
                question = _question(need)
            except (AbsahError, ValueError):
                break
            found = self._post(address, question, errand)
            if found is not None and errand.add(address, Material(ocsps=(found,)), partial(parse_ocsp_response, found)):
                return
        for address in need.lists:
            kept = self._kept.get(address)
            if kept is not None and kept[1] > errand.context.now:
                self._kept.move_to_end(address)
                errand.add(address, Material(crls=(kept[0],)), partial(read_list, kept[0]))
                return
            found = self._get(address, errand, most=_MOST_LIST)
            if found is not None and errand.add(address, Material(crls=(found,)), partial(read_list, found)):
                self._keep(address, found)
                return

    def _get(self, address: str, errand: "_Errand", *, most: int) -> bytes | None:
        return errand.asking(address, lambda: self._web.get(address, most=most), self._clock.monotonic())

    def _post(self, address: str, body: bytes, errand: "_Errand") -> bytes | None:
        def ask() -> bytes:
            return self._web.post(address, body, _OCSP_REQUEST, most=_MOST_SMALL)

        return errand.asking(address, ask, self._clock.monotonic())

    def _keep(self, address: str, found: bytes) -> None:
        until = read_list(found).next_update
        if until is None or len(found) > _MOST_KEPT // 4:
            return
        self._kept[address] = (found, until)
        while sum(len(one) for one, _ in self._kept.values()) > _MOST_KEPT:
            self._kept.popitem(last=False)


@final
class _Errand:
    """One document's fetching: what was found so far, what each address answered, and how much may still be asked."""

    def __init__(self, until: float, context: ValidationContext) -> None:
        self.context = context
        self._until = until
        self._left = _QUESTIONS

    def asking(self, address: str, ask: Callable[[], bytes], now: float) -> bytes | None:
        """The answer; None, noted down, when there is none or enough was asked."""
        if self._left <= 0 or now > self._until:
            self._note(address, "not-asked")
            return None
        self._left -= 1
        try:
            return ask()
        except AbsahError as problem:
            self._note(address, problem.code)
            return None

    def add(self, address: str, found: Material, read: Callable[[], object]) -> bool:
        """Lay a piece beside the register, if it can be read as what it should be."""
        try:
            read()
        except AbsahError as problem:
            self._note(address, problem.code)
            return False
        self.context = self.context.also(found)
        self._note(address, "found")
        return True

    def _note(self, address: str, outcome: str) -> None:
        noted = OnlineSource(address=address[:300], outcome=outcome)
        self.context = replace(self.context, online=(*self.context.online, noted))


def _question(need: StatusNeeded) -> bytes:
    builder = ocsp.OCSPRequestBuilder().add_certificate(
        load_certificate(need.certificate),
        load_certificate(need.issuer),
        hashes.SHA1(),  # noqa: S303  (it only names; responders that know nothing else still ask for it)
    )
    return builder.build().public_bytes(Encoding.DER)
