"""Reading the OCSP requests of one client software over and over: by comparison with one that was read before.

Two requests about certificates of one issuer differ in the serial and in the nonce, and in nothing else. Of a request
that was read in full we keep where these two stood. Another one of the same length whose other octets are the same has
the same structure, so its serial and its nonce are taken from their places. Every other request is read in full.
"""

from dataclasses import dataclass
from typing import Final, final

from absah.pki import der, oids
from absah.pki.ocsp_requests import AskedCertificate, OcspRequest, parse_ocsp_request

_LONGEST: Final = 400
_MOST_OF_A_LENGTH: Final = 8
#: A nonce extension up to its octets, when these are few: SEQUENCE, OID (11), two OCTET STRINGs.
_NONCE_HEADER: Final = len(der.extension(oids.OCSP_NONCE, der.octet_string(b"")))


@final
@dataclass(frozen=True, slots=True)
class _Shape:
    """Where the serial and the nonce stand; `head` and `middle` are what stands before either, `like` what it said."""

    head: bytes
    middle: bytes
    cert_id_start: int
    serial_end: int
    nonce_start: int | None
    like: AskedCertificate

    def read(self, request: bytes) -> OcspRequest | None:
        """None where it is not of this shape after all."""
        if not (request.startswith(self.head) and request.startswith(self.middle, self.serial_end)):
            return None
        start, end = len(self.head), self.serial_end
        first = request[start]
        # X.690 §8.3.2: in the fewest octets. What is longer, negative or nought is for the full reader to judge.
        if first >= 0x80 or (first == 0 and (end - start == 1 or request[start + 1] < 0x80)):
            return None
        _, digest, name_hash, key_hash, _ = self.like
        serial = int.from_bytes(request[start:end], "big")
        asked = AskedCertificate(request[self.cert_id_start : end], digest, name_hash, key_hash, serial)
        nonce = None if self.nonce_start is None else request[self.nonce_start :]
        return OcspRequest((asked,), nonce, nonce is None)


def _shape_of(request: bytes, read: OcspRequest) -> _Shape | None:
    """The shape of a request that asks about one certificate, with a nonce or without; None for all others."""
    asked, nonce = read.asked[0], read.nonce
    if nonce is not None and nonce != der.extension(oids.OCSP_NONCE, der.octet_string(nonce[_NONCE_HEADER:])):
        return None
    tail = b"" if nonce is None else der.explicit(2, der.sequence(nonce))
    # As we would have written it: nothing is in it but what was read, and everything is where it seems to be.
    if request != der.sequence(der.sequence(der.sequence(der.sequence(asked.encoded)), tail)):
        return None
    serial_end = len(request) - len(tail)
    serial_start = serial_end - len(der.integer(asked.serial)) + 2
    nonce_start = None if nonce is None else len(request) - len(nonce)
    octets_end = len(request) if nonce is None else len(request) - len(nonce) + _NONCE_HEADER
    return _Shape(
        head=request[:serial_start],
        middle=request[serial_end:octets_end],
        cert_id_start=serial_end - len(asked.encoded),
        serial_end=serial_end,
        nonce_start=nonce_start,
        like=asked,
    )


@final
class RequestReader:
    """Reads requests, and remembers the shapes of the last ones: of each length at most eight."""

    def __init__(self) -> None:
        self._shapes: dict[int, list[_Shape]] = {}

    def read(self, request: bytes, /) -> OcspRequest:
        """What `parse_ocsp_request` reads, sooner. Raises what it raises."""
        for shape in self._shapes.get(len(request), ()):
            if (found := shape.read(request)) is not None:
                return found
        read = parse_ocsp_request(request)
        if len(request) <= _LONGEST and (learnt := _shape_of(request, read)) is not None:
            known = self._shapes.setdefault(len(request), [])
            known.insert(0, learnt)
            del known[_MOST_OF_A_LENGTH:]
        return read
