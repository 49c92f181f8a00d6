"""Making revocation lists, of two entries or of two million: entries stream through, packed, and are encoded once.

A packed entry has 29 bytes (serial, seconds, reason), so that a million of them pass between processes and are never a
million objects. Whoever signs encodes them himself: what is signed is what was said, in a form that hides nothing. A
list is only as good as its issuer's right to sign it, so the issuer's certificate is asked for and looked at.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from struct import Struct
from typing import Final, final

from cryptography import x509

from absah.kernel.clock import Instant, instant
from absah.kernel.errors import RuleBroken
from absah.kernel.refs import Citation, Norm
from absah.kernel.rng import Serial
from absah.pki import der, oids
from absah.pki.algorithm_identifiers import encode_signature_algorithm
from absah.pki.algorithms import (
    SigningKey,
    issuing_digest_for,
    key_algorithm_of,
    public_key_of,
    sign_bytes,
    signature_algorithm_for,
    verify_bytes,
)
from absah.pki.certificates import load_certificate, public_key_of_certificate, subject_bytes
from absah.pki.revocation import RevocationReason

_VERSION_2: Final = 1
_PACKED: Final = Struct(">20sqB")
ENTRY_SIZE: Final = _PACKED.size
#: Longer lists nobody reads; certificates are then spread over several (partitions).
MOST_ENTRIES: Final = 2_500_000
_CHUNK: Final = 16_384
_DAY: Final = 86_400
_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)


class CrlIssuerRefused(RuleBroken):
    """The certificate may not sign CRLs, or the key is not its own. Parameter: problem."""

    code = "pki.crl-issuer-refused"
    citation = Citation(norm=Norm.RFC_5280, clause="6.3.3")


class CrlPlanRefused(RuleBroken):
    """Dates out of order, serials out of order, too many, a number too long, an unlawful reason. Parameter: problem."""

    code = "pki.crl-plan-refused"
    citation = Citation(norm=Norm.RFC_5280, clause="5")


@dataclass(frozen=True, slots=True, kw_only=True)
class RevokedEntry:
    """One line of a list."""

    serial: Serial
    at: Instant
    reason: RevocationReason


@dataclass(frozen=True, slots=True, kw_only=True)
class CrlHeader:
    """A list without its entries.

    `distribution_point` is the one address at which a partition is found: the list speaks only about certificates that
    name it (RFC 5280 §5.2.5). `expired_since`: certificates that expired after this moment stay on the list.
    """

    issuer_der: bytes
    number: int
    this_update: Instant
    next_update: Instant
    distribution_point: str | None = None
    expired_since: Instant | None = None

    def __post_init__(self) -> None:
        if self.number < 0 or self.number.bit_length() > 159:  # RFC 5280 §5.2.3: at most 20 octets
            raise CrlPlanRefused(problem="number")
        if self.this_update >= self.next_update:
            raise CrlPlanRefused(problem="dates")


@dataclass(frozen=True, slots=True, kw_only=True)
class CrlPlan:
    """A short list that is to be signed, whole. `distribution_point` is the address it is fetched from."""

    issuer_der: bytes
    number: int
    this_update: Instant
    next_update: Instant
    entries: tuple[RevokedEntry, ...]
    distribution_point: str | None = None
    expired_since: Instant | None = None

    def __post_init__(self) -> None:
        CrlAssembler.check(self.header, self.entries)

    @property
    def header(self) -> CrlHeader:
        """The same without entries. Raises CrlPlanRefused."""
        return CrlHeader(
            issuer_der=self.issuer_der,
            number=self.number,
            this_update=self.this_update,
            next_update=self.next_update,
            distribution_point=self.distribution_point,
            expired_since=self.expired_since,
        )


def pack_entry(serial: int, seconds: int, reason: int) -> bytes:
    """A packed entry: serial in 20 octets, seconds since 1970, CRLReason."""
    return _PACKED.pack(serial.to_bytes(20, "big"), seconds, reason)


def pack_entries(entries: Iterable[RevokedEntry], /) -> Iterator[bytes]:
    """Entries in chunks, packed, by serial."""
    ordered = sorted(entries, key=lambda entry: entry.serial)
    for start in range(0, len(ordered), _CHUNK):
        yield b"".join(
            pack_entry(entry.serial, int(entry.at.timestamp()), entry.reason)
            for entry in ordered[start : start + _CHUNK]
        )


@final
class CrlAssembler:
    """A list that grows by packed entries, in ascending order of their serials."""

    def __init__(self, header: CrlHeader, /) -> None:
        """Raises CrlIssuerRefused, CertificateUnreadable."""
        issuer = load_certificate(header.issuer_der)
        self._spki = public_key_of_certificate(issuer)
        self._header = header
        self._issuer_name = subject_bytes(issuer)
        self._key_identifier = _key_identifier_of(issuer)
        kind = key_algorithm_of(self._spki)
        self._digest = issuing_digest_for(kind)
        self._algorithm = signature_algorithm_for(kind, self._digest)
        self._encoder = _EntryEncoder(int(header.this_update.timestamp()))
        self._entries: list[bytes] = []
        self._size = 0

    @staticmethod
    def check(header: CrlHeader, entries: tuple[RevokedEntry, ...], /) -> None:
        """What `add` would refuse, without an issuer. Raises CrlPlanRefused."""
        encoder = _EntryEncoder(int(header.this_update.timestamp()))
        for chunk in pack_entries(entries):
            encoder.encode(chunk)

    @property
    def count(self) -> int:
        """How many entries there are."""
        return self._encoder.count

    def add(self, packed: bytes, /) -> None:
        """Raises CrlPlanRefused; the list is of no use then."""
        encoded = self._encoder.encode(packed)
        self._entries.append(encoded)
        self._size += len(encoded)

    def sign(self, key: SigningKey, /) -> bytes:
        """The signature over the list as it is. Raises CrlIssuerRefused, SignatureInvalid."""
        if public_key_of(key) != self._spki:
            raise CrlIssuerRefused(problem="key")
        to_be_signed = self._to_be_signed()
        signature = sign_bytes(key, to_be_signed, self._digest)
        verify_bytes(self._spki, signature, to_be_signed, self._algorithm)
        return signature

    def finish(self, signature: bytes, /) -> bytes:
        """The list (DER), if the signature is the issuer's over the same list. Raises SignatureInvalid."""
        to_be_signed = self._to_be_signed()
        verify_bytes(self._spki, signature, to_be_signed, self._algorithm)
        return der.sequence(to_be_signed, encode_signature_algorithm(self._algorithm), der.bit_string(signature))

    def _to_be_signed(self) -> bytes:
        header = self._header
        before = (
            der.integer(_VERSION_2),
            encode_signature_algorithm(self._algorithm),
            self._issuer_name,
            der.time(header.this_update),
            der.time(header.next_update),
        )
        # RFC 5280 §5.1.2.6: the list of entries is absent when nothing is revoked
        opening = der.header(der.SEQUENCE, self._size) if self._size else b""
        extensions = der.explicit(0, der.sequence(*self._extensions()))
        return der.sequence(*before, opening, *self._entries, extensions)

    def _extensions(self) -> list[bytes]:
        header = self._header
        extensions = [
            der.extension(oids.AUTHORITY_KEY_IDENTIFIER, der.sequence(der.implicit(0, self._key_identifier))),
            der.extension(oids.CRL_NUMBER, der.integer(header.number)),
        ]
        if header.distribution_point is not None:
            full_name = der.explicit(0, der.implicit(6, header.distribution_point.encode("ascii")))
            point = der.sequence(der.explicit(0, full_name))
            extensions.append(der.extension(oids.ISSUING_DISTRIBUTION_POINT, point, critical=True))
        if header.expired_since is not None:
            moment = der.generalized_time(header.expired_since)
            extensions.append(der.extension(oids.EXPIRED_CERTS_ON_CRL, moment))
        return extensions


def build_crl(plan: CrlPlan, key: SigningKey, /) -> bytes:
    """Sign a short list. DER. Raises CrlIssuerRefused, CertificateUnreadable."""
    assembler = CrlAssembler(plan.header)
    for chunk in pack_entries(plan.entries):
        assembler.add(chunk)
    return assembler.finish(assembler.sign(key))


def _key_identifier_of(issuer: x509.Certificate) -> bytes:
    """The issuer's key identifier, once it is clear that it may sign lists. Raises CrlIssuerRefused."""
    try:
        usage = issuer.extensions.get_extension_for_class(x509.KeyUsage).value
        key_identifier = issuer.extensions.get_extension_for_class(x509.SubjectKeyIdentifier).value.digest
    except x509.ExtensionNotFound:
        raise CrlIssuerRefused(problem="not-a-ca") from None
    if not usage.crl_sign:
        raise CrlIssuerRefused(problem="key-usage")
    return key_identifier


@final
class _EntryEncoder:
    """Turns packed entries into DER, and refuses what no full list holds."""

    def __init__(self, this_update: int, /) -> None:
        self._this_update = this_update
        self._last = bytes(20)
        self._days: dict[int, bytes] = {}
        self._reasons: dict[int, bytes] = {}
        self.count = 0

    def encode(self, packed: bytes, /) -> bytes:
        """Raises CrlPlanRefused."""
        if len(packed) % ENTRY_SIZE:
            raise CrlPlanRefused(problem="cut-short")
        self.count += len(packed) // ENTRY_SIZE
        if self.count > MOST_ENTRIES:
            raise CrlPlanRefused(problem="too-many")
        last, encoded = self._last, []
        for serial, seconds, reason in _PACKED.iter_unpack(packed):
            if serial <= last:  # zero, twice, or out of order
                raise CrlPlanRefused(problem="serial-twice")
            last = serial
            tail = self._when(seconds) + (self._reasons[reason] if reason in self._reasons else self._why(reason))
            number = serial.lstrip(b"\0")
            if number[0] & 0x80:
                number = b"\0" + number
            # An entry is shorter than 128 octets: every length is one octet.
            encoded.append(b"\x30%c\x02%c%b%b" % (len(number) + len(tail) + 2, len(number), number, tail))
        self._last = last
        return b"".join(encoded)

    def _when(self, seconds: int) -> bytes:
        """The DER of a time. A day is looked at once, as `der.time` is too slow for a million."""
        if not 0 <= seconds <= self._this_update:
            raise CrlPlanRefused(problem="revoked-later")
        day, rest = divmod(seconds, _DAY)
        head = self._days.get(day)
        if head is None:
            head = self._days[day] = der.time(instant(_EPOCH + timedelta(days=day)))[: -len("hhmmssZ")]
        minutes, second = divmod(rest, 60)
        return b"%b%02d%02d%02dZ" % (head, minutes // 60, minutes % 60, second)

    def _why(self, reason: int) -> bytes:
        """The extension with the reason."""
        if reason not in RevocationReason.__members__.values() or reason == RevocationReason.REMOVE_FROM_CRL:
            raise CrlPlanRefused(problem="reason")  # RFC 5280 §5.3.1: removeFromCRL appears in delta CRLs only
        why = b""
        # RFC 5280 §5.3.1: "the reason code CRL entry extension SHOULD be absent instead of using the unspecified (0)"
        if reason != RevocationReason.UNSPECIFIED:
            why = der.sequence(der.extension(oids.CRL_REASON, der.enumerated(reason)))
        self._reasons[reason] = why
        return why
