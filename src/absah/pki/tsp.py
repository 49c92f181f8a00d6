"""RFC 3161 time-stamp tokens, written and read. What asks for them and carries them is in `tsp_messages`.

A token is a CMS SignedData around a TSTInfo. It says: this digest existed at this time. Tokens are made after
ETSI EN 319 422 (accuracy stated, nonce echoed, ESS signing-certificate-v2 of RFC 5816, no ordering promised).
"""

import hmac
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from functools import lru_cache
from typing import NamedTuple, final

from cryptography import x509

from absah.kernel.clock import Instant
from absah.kernel.errors import BadInput, RuleBroken
from absah.kernel.refs import Citation, Norm
from absah.kernel.rng import Serial
from absah.pki import der, oids
from absah.pki.algorithm_policy import AlgorithmUse, check_usable
from absah.pki.algorithms import (
    DigestAlgorithm,
    KeyAlgorithm,
    SignatureAlgorithm,
    SigningKey,
    digest_algorithm_for,
    key_algorithm_of,
    public_key_of,
    sign_with,
    signature_algorithm_for,
)
from absah.pki.certificates import load_certificate, public_key_of_certificate
from absah.pki.cms import (
    SignedData,
    SignerInfo,
    parse_signed_data,
    verify_signer_info,
)
from absah.pki.cms_template import template_for
from absah.pki.tsp_messages import (
    PkiFailure,
    PkiStatus,
    TimestampRejected,
    TimestampRequest,
    TimestampRequestRefused,
    build_timestamp_request,
    encode_imprint,
    parse_timestamp_request,
    parse_timestamp_response,
    read_imprint,
    read_version,
    timestamp_refusal,
    timestamp_response,
)

__all__ = [
    "Accuracy",
    "PkiFailure",
    "PkiStatus",
    "Stamper",
    "TimestampCertificateAbsent",
    "TimestampMismatch",
    "TimestampRejected",
    "TimestampRequest",
    "TimestampRequestRefused",
    "TimestampSignerRefused",
    "TimestampToken",
    "TokenPlan",
    "TstInfo",
    "build_timestamp_request",
    "build_timestamp_token",
    "parse_timestamp_request",
    "parse_timestamp_response",
    "parse_timestamp_token",
    "plan_for",
    "timestamp_refusal",
    "timestamp_response",
    "verify_timestamp_token",
]

_INFO = "TSTInfo"


class TimestampSignerRefused(RuleBroken):
    """The certificate is no time-stamping unit's, or the key is not its own. Parameter: problem."""

    code = "pki.timestamp-signer-refused"
    citation = Citation(norm=Norm.RFC_3161, clause="2.3")


class TimestampMismatch(BadInput):
    """The token is about something else than it should be. Parameter: problem."""

    code = "pki.timestamp-mismatch"


class TimestampCertificateAbsent(BadInput):
    """The token came without its signer's certificate, and nobody gave it."""

    code = "pki.timestamp-certificate-absent"


@dataclass(frozen=True, slots=True, kw_only=True)
class Accuracy:
    """How far the time may be off, either way (RFC 3161 §2.4.2). Milli- and microseconds are 1 to 999, or 0: absent."""

    seconds: int = 1
    millis: int = 0
    micros: int = 0

    @property
    def as_timedelta(self) -> timedelta:
        return timedelta(seconds=self.seconds, milliseconds=self.millis, microseconds=self.micros)


@dataclass(frozen=True, slots=True, kw_only=True)
class TokenPlan:
    """A token that is to be signed."""

    policy: str
    digest_algorithm: DigestAlgorithm
    imprint: bytes
    serial: Serial
    time: Instant
    nonce: int | None
    accuracy: Accuracy
    include_certificates: bool = True


def plan_for(
    request: TimestampRequest, /, *, policy: str, serial: Serial, time: Instant, accuracy: Accuracy
) -> TokenPlan:
    """The token that answers a request. Which policies are accepted is decided before."""
    return TokenPlan(
        policy=policy,
        digest_algorithm=request.digest_algorithm,
        imprint=request.imprint,
        serial=serial,
        time=time,
        nonce=request.nonce,
        accuracy=accuracy,
        include_certificates=request.certificate_wanted,
    )


@lru_cache(maxsize=16)
def _encode_accuracy(accuracy: Accuracy) -> bytes:
    small = [
        der.implicit(number, der.Reader(der.integer(value), _INFO).read().content)
        for number, value in enumerate((accuracy.millis, accuracy.micros))
        if value
    ]
    return der.sequence(der.integer(accuracy.seconds) if accuracy.seconds else b"", *small)


def _check_time_stamper(certificate: x509.Certificate) -> None:
    # RFC 3161 §2.3: one extended key usage, timeStamping, and critical.
    try:
        usage = certificate.extensions.get_extension_for_class(x509.ExtendedKeyUsage)
    except x509.ExtensionNotFound:
        raise TimestampSignerRefused(problem="extended-key-usage") from None
    if not usage.critical or [purpose.dotted_string for purpose in usage.value] != [oids.TIME_STAMPING]:
        raise TimestampSignerRefused(problem="extended-key-usage")


class _StampingUnit(NamedTuple):
    """What a time-stamping unit's certificate says, as far as each token depends on it."""

    public_key: bytes
    kind: KeyAlgorithm
    way: SignatureAlgorithm
    first: datetime
    last: datetime


@lru_cache(maxsize=16)  # a unit makes many tokens
def _stamping_unit(certificate_der: bytes) -> _StampingUnit:
    """Raises TimestampSignerRefused, CertificateUnreadable, KeyNotAllowed."""
    certificate = load_certificate(certificate_der)
    _check_time_stamper(certificate)
    public_key = public_key_of_certificate(certificate)
    kind = key_algorithm_of(public_key)
    way = signature_algorithm_for(kind, digest_algorithm_for(kind))
    first, last = certificate.not_valid_before_utc, certificate.not_valid_after_utc
    return _StampingUnit(public_key, kind, way, first, last)


@final
class Stamper:
    """A time-stamping unit ready to work: its key and certificate were compared once, however many tokens it makes."""

    __slots__ = ("_key", "_template", "_unit")

    def __init__(self, certificate_chain: tuple[bytes, ...], key: SigningKey, /) -> None:
        """The chain begins with the unit's certificate; the root may stay out.

        Raises TimestampSignerRefused, CertificateUnreadable, KeyNotAllowed.
        """
        self._unit = _stamping_unit(certificate_chain[0])
        if public_key_of(key) != self._unit.public_key:
            raise TimestampSignerRefused(problem="key")
        self._key = key
        self._template = template_for(certificate_chain, self._unit.way, content_type=oids.TST_INFO)

    def token(self, plan: TokenPlan, /) -> bytes:
        """DER of a TimeStampToken. Raises TimestampSignerRefused, AlgorithmExpired."""
        unit = self._unit
        if not unit.first <= plan.time <= unit.last:
            raise TimestampSignerRefused(problem="validity")
        _check_usable_on(plan.time.date(), plan.digest_algorithm, unit.way, unit.kind)
        info = b"".join(
            (
                _VERSION_1,
                der.oid(plan.policy),
                encode_imprint(plan.digest_algorithm, plan.imprint),
                der.integer(plan.serial),
                der.generalized_time(plan.time),
                _encode_accuracy(plan.accuracy),
                b"" if plan.nonce is None else der.integer(plan.nonce),
            )
        )
        info = der.header(der.SEQUENCE, len(info)) + info
        attributes = self._template.signed_attributes(unit.way.digest.digest(info))
        return self._template.signed_data(
            attributes,
            sign_with(self._key, attributes, unit.way),
            content=info,
            include_certificates=plan.include_certificates,
        )


_VERSION_1 = der.integer(1)


@lru_cache(maxsize=16)  # asked for each token, answered once a day
def _check_usable_on(day: date, asked: DigestAlgorithm, way: SignatureAlgorithm, kind: KeyAlgorithm) -> None:
    """Design D8b: nothing new with an algorithm past its day, neither ours nor the one asked for."""
    for algorithm in (asked, way.digest, way.scheme, kind):
        check_usable(algorithm, AlgorithmUse.NEW, day)


def build_timestamp_token(plan: TokenPlan, certificate_chain: tuple[bytes, ...], key: SigningKey, /) -> bytes:
    """DER of one TimeStampToken. Raises what `Stamper` raises, making it or stamping."""
    return Stamper(certificate_chain, key).token(plan)


@dataclass(frozen=True, slots=True, kw_only=True)
class TstInfo:
    """What a token says."""

    policy: str
    digest_algorithm: DigestAlgorithm
    imprint: bytes
    serial: Serial
    time: Instant
    accuracy: Accuracy | None
    nonce: int | None


@dataclass(frozen=True, slots=True, kw_only=True)
class TimestampToken:
    """A token as it was read: what it says, and the signature around it. Nothing is believed yet."""

    info: TstInfo
    signed: SignedData
    signer: SignerInfo
    encoded: bytes = field(repr=False)

    @property
    def signer_certificate(self) -> bytes | None:
        """The time-stamping unit's certificate, if it came along."""
        return self.signed.certificate_of(self.signer)


def _read_accuracy(element: der.Element) -> Accuracy:
    fields = element.reader()
    seconds = fields.read_optional(der.INTEGER)
    millis = fields.read_optional(0x80)
    micros = fields.read_optional(0x81)
    fields.finish()
    values = [0 if part is None else part.integer() for part in (seconds, millis, micros)]
    if values[0] < 0 or not all(0 <= value < 1000 for value in values[1:]):
        raise element.refuse("accuracy")
    return Accuracy(seconds=values[0], millis=values[1], micros=values[2])


def _read_info(info_der: bytes) -> TstInfo:
    fields = der.outermost(info_der, _INFO).reader()
    read_version(fields)
    policy = fields.read(der.OID).oid()
    algorithm, imprint = read_imprint(fields.read(der.SEQUENCE))
    serial = Serial(fields.read(der.INTEGER).integer())
    time = fields.read(der.GENERALIZED_TIME).time()
    accuracy = fields.read_optional(der.SEQUENCE)
    if (ordering := fields.read_optional(der.BOOLEAN)) is not None:
        ordering.boolean()
    nonce = fields.read_optional(der.INTEGER)
    fields.read_optional(0xA0)  # tsa: a name for readers; the certificate is what counts
    fields.read_optional(0xA1)  # extensions: EN 319 422 §5.2.3 has none that is critical
    fields.finish()
    return TstInfo(
        policy=policy,
        digest_algorithm=algorithm,
        imprint=imprint,
        serial=serial,
        time=time,
        accuracy=None if accuracy is None else _read_accuracy(accuracy),
        nonce=None if nonce is None else nonce.integer(),
    )


def parse_timestamp_token(token_der: bytes, /) -> TimestampToken:
    """A TimeStampToken; zero octets may follow it. Raises DerMalformed, TimestampMismatch, CmsNotSignedData and kin."""
    return read_timestamp_token(parse_signed_data(token_der))


def read_timestamp_token(signed: SignedData, /) -> TimestampToken:
    """The token that a SignedData holds. Raises DerMalformed, TimestampMismatch."""
    # RFC 3161 §2.4.2: the content is a TSTInfo, and "MUST NOT contain any signatures other than that of the TSA".
    if signed.content_type != oids.TST_INFO or signed.content is None or len(signed.signers) != 1:
        raise TimestampMismatch(problem="not-a-time-stamp")
    return TimestampToken(
        info=_read_info(signed.content), signed=signed, signer=signed.signers[0], encoded=signed.encoded
    )


def verify_timestamp_token(token: TimestampToken, imprint: bytes, /, *, certificate_der: bytes | None = None) -> bytes:
    """Check that the token is about `imprint` (in its own digest) and truly signed. The signer's certificate (DER).

    The certificate is taken from the token unless given. Whether it is trusted, and was valid at the time, is for the
    caller to find out. Raises TimestampMismatch, TimestampSignerRefused, TimestampCertificateAbsent, SignatureInvalid
    and kin.
    """
    certificate = certificate_der or token.signer_certificate
    if certificate is None:
        raise TimestampCertificateAbsent
    attributes, content = token.signer.attributes, token.signed.content
    if not hmac.compare_digest(token.info.imprint, imprint):
        raise TimestampMismatch(problem="imprint")
    if attributes is None or content is None or attributes.content_type != oids.TST_INFO:
        raise TimestampMismatch(problem="signed-attributes")
    if not hmac.compare_digest(attributes.message_digest, token.signer.digest.digest(content)):
        raise TimestampMismatch(problem="message-digest")
    # RFC 3161 §2.4.2 and RFC 5816 §2.2.1: the signing certificate is named among the signed attributes.
    if not attributes.names(certificate):
        raise TimestampMismatch(problem="signing-certificate")
    signer = load_certificate(certificate)
    _check_time_stamper(signer)
    verify_signer_info(token.signer, public_key_of_certificate(signer))
    return certificate
