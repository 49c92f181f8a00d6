"""What travels between a requester and a time-stamping authority: request, grant, refusal (RFC 3161 §2.4).

A request names a digest and what the asker wants with it. A response carries a token (`absah.pki.tsp`) or says why not.
"""

from dataclasses import dataclass
from enum import IntEnum

from absah.kernel.errors import BadInput, RuleBroken
from absah.kernel.refs import Citation, Norm
from absah.pki import der
from absah.pki.algorithm_identifiers import encode_digest_algorithm, read_digest_algorithm
from absah.pki.algorithms import DigestAlgorithm

_NONCE_BITS = 512
_REQUEST = "time-stamp request"
_RESPONSE = "time-stamp response"


class TimestampRequestRefused(RuleBroken):
    """A request whose imprint has not the length of its digest, whose numbers are out of range, or with extensions."""

    code = "pki.timestamp-request-refused"
    citation = Citation(norm=Norm.RFC_3161, clause="2.4.1")


class TimestampRejected(BadInput):
    """The authority refused to time-stamp. Parameters: status, failure."""

    code = "pki.timestamp-rejected"


class PkiStatus(IntEnum):
    """PKIStatus (RFC 3161 §2.4.2)."""

    GRANTED = 0
    GRANTED_WITH_MODS = 1
    REJECTION = 2
    WAITING = 3
    REVOCATION_WARNING = 4
    REVOCATION_NOTIFICATION = 5


class PkiFailure(IntEnum):
    """PKIFailureInfo (RFC 3161 §2.4.2): the number is that of the bit."""

    BAD_ALGORITHM = 0
    BAD_REQUEST = 2
    BAD_DATA_FORMAT = 5
    TIME_NOT_AVAILABLE = 14
    UNACCEPTED_POLICY = 15
    UNACCEPTED_EXTENSION = 16
    ADDITIONAL_INFORMATION_NOT_AVAILABLE = 17
    SYSTEM_FAILURE = 25


@dataclass(frozen=True, slots=True, kw_only=True)
class TimestampRequest:
    """A TimeStampReq: the imprint to stamp and what the asker wants with it."""

    digest_algorithm: DigestAlgorithm
    imprint: bytes
    policy: str | None = None
    nonce: int | None = None
    certificate_wanted: bool = True

    def __post_init__(self) -> None:
        if len(self.imprint) != self.digest_algorithm.size:
            raise TimestampRequestRefused(problem="imprint")
        if self.nonce is not None and not 0 <= self.nonce < 1 << _NONCE_BITS:
            raise TimestampRequestRefused(problem="nonce")


def encode_imprint(algorithm: DigestAlgorithm, imprint: bytes, /) -> bytes:
    """A MessageImprint: which digest, and its value."""
    return der.sequence(encode_digest_algorithm(algorithm), der.octet_string(imprint))


def build_timestamp_request(request: TimestampRequest, /) -> bytes:
    """DER of a TimeStampReq."""
    return der.sequence(
        der.integer(1),
        encode_imprint(request.digest_algorithm, request.imprint),
        b"" if request.policy is None else der.oid(request.policy),
        b"" if request.nonce is None else der.integer(request.nonce),
        der.true() if request.certificate_wanted else b"",
    )


def read_imprint(element: der.Element, /) -> tuple[DigestAlgorithm, bytes]:
    """A MessageImprint whose value has the length of its digest. Raises DerMalformed, AlgorithmUnknown."""
    fields = element.reader()
    algorithm = read_digest_algorithm(fields.read(der.SEQUENCE))
    imprint = fields.read(der.OCTET_STRING).content
    fields.finish()
    if len(imprint) != algorithm.size:
        raise element.refuse("imprint-length")
    return algorithm, imprint


def read_version(fields: der.Reader, /) -> None:
    """Requests and tokens are of version 1."""
    version = fields.read(der.INTEGER)
    if version.integer() != 1:
        raise version.refuse("version")


def parse_timestamp_request(request_der: bytes, /) -> TimestampRequest:
    """Extensions are refused: we know none. Raises TimestampRequestRefused, DerMalformed, AlgorithmUnknown and kin."""
    usual = _usual_beginning(request_der)
    if usual is not None:
        algorithm, imprint, fields = usual
    else:
        fields = der.outermost(request_der, _REQUEST).reader()
        read_version(fields)
        algorithm, imprint = read_imprint(fields.read(der.SEQUENCE))
    policy = fields.read_optional(der.OID)
    nonce = fields.read_optional(der.INTEGER)
    wanted = fields.read_optional(der.BOOLEAN)
    if fields.read_optional(0xA0) is not None:
        raise TimestampRequestRefused(problem="extension")
    fields.finish()
    return TimestampRequest(
        digest_algorithm=algorithm,
        imprint=imprint,
        policy=None if policy is None else policy.oid(),
        nonce=None if nonce is None else nonce.integer(),
        certificate_wanted=wanted is not None and wanted.boolean(),
    )


def _usual_beginning(request_der: bytes) -> tuple[DigestAlgorithm, bytes, der.Reader] | None:
    """Digest, imprint and what follows of a request that begins as nearly all do, octet for octet; else None.

    A short cut to the same values: an authority reads thousands of requests a second that differ in their imprint.
    """
    if len(request_der) > _SHORT_FORM or request_der[:2] != bytes((der.SEQUENCE, (len(request_der) - 2) & 0x7F)):
        return None
    for size in _HEAD_SIZES:
        begins = 2 + size
        digest = _USUAL_HEADS.get(request_der[2:begins])
        if digest is not None and begins + digest.size <= len(request_der):
            ends = begins + digest.size
            return digest, request_der[begins:ends], der.Reader(request_der[ends:], _REQUEST)
    return None


def _head_of(digest: DigestAlgorithm, parameters: bytes) -> bytes:
    """Version 1 and a MessageImprint up to where the imprint's value begins."""
    plain = der.Reader(encode_digest_algorithm(digest), _REQUEST).read(der.SEQUENCE).content
    imprint = der.sequence(der.sequence(plain, parameters), der.octet_string(bytes(digest.size)))
    return (der.integer(1) + imprint)[: -digest.size]


_SHORT_FORM = 129
_USUAL_HEADS = {
    _head_of(digest, parameters): digest
    for digest in (DigestAlgorithm.SHA256, DigestAlgorithm.SHA384, DigestAlgorithm.SHA512)
    for parameters in (der.null(), b"")
}
_HEAD_SIZES = sorted({len(head) for head in _USUAL_HEADS}, reverse=True)
_GRANTED = der.sequence(der.integer(PkiStatus.GRANTED))


def timestamp_response(token_der: bytes, /) -> bytes:
    """DER of a TimeStampResp that grants."""
    return der.sequence(_GRANTED, token_der)


def timestamp_refusal(failure: PkiFailure, words: str = "", /) -> bytes:
    """DER of a TimeStampResp that rejects, with a failure and, if given, an English sentence."""
    octet, bit = divmod(failure, 8)
    bits = der.bit_string(bytes(octet) + bytes((0x80 >> bit,)), unused=7 - bit)
    text = der.sequence(der.utf8_string(words)) if words else b""
    return der.sequence(der.sequence(der.integer(PkiStatus.REJECTION), text, bits))


def _failure_of(bits: der.Element | None) -> str:
    content = b"" if bits is None else bits.content[1:]
    for failure in PkiFailure:
        octet, bit = divmod(failure, 8)
        if octet < len(content) and content[octet] & (0x80 >> bit):
            return failure.name.lower()
    return "none"


def parse_timestamp_response(response_der: bytes, /) -> bytes:
    """The token inside a TimeStampResp. Raises TimestampRejected, DerMalformed, DerTooLarge."""
    fields = der.outermost(response_der, _RESPONSE).reader()
    status_info = fields.read(der.SEQUENCE).reader()
    status = status_info.read(der.INTEGER)
    number = status.integer()
    if number not in PkiStatus.__members__.values():
        raise status.refuse("status")
    status_info.read_optional(der.SEQUENCE)
    failure = status_info.read_optional(der.BIT_STRING)
    status_info.finish()
    if number not in (PkiStatus.GRANTED, PkiStatus.GRANTED_WITH_MODS):
        raise TimestampRejected(status=PkiStatus(number).name.lower(), failure=_failure_of(failure))
    token = fields.read(der.SEQUENCE)
    fields.finish()
    return token.encoded
