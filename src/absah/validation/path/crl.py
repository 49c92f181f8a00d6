"""Certificate revocation lists of every kind RFC 5280 §5 knows: full, partitioned, indirect, delta.

A list can hold a million lines, so none is read before somebody asks. A serial number whose encoding does not occur
in the list is not on it, which one search through the bytes tells; only a hit is read line by line.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Final

from absah.kernel.clock import Instant
from absah.pki import der
from absah.pki.algorithms import SignatureAlgorithm
from absah.pki.revocation import RevocationReason
from absah.validation.path import extensions as ext
from absah.validation.path.certificate import read_algorithm, read_extension, read_time
from absah.validation.path.general_names import Form, GeneralName, read_general_names
from absah.validation.path.names import Attribute, Name, read_name

MAXIMUM_SIZE: Final = 128 * 1024 * 1024
_KEPT: Final = 32
_CRITICAL: Final = b"\x01\x01\xff"

_REASONS: Final = {reason.value: reason for reason in RevocationReason}


@dataclass(frozen=True, slots=True, kw_only=True)
class IssuingPoint:
    """issuingDistributionPoint (§5.2.5): what a list covers. Its defaults cover everything of one issuer."""

    full_name: tuple[GeneralName, ...] = ()
    relative_name: frozenset[Attribute] | None = None
    only_users: bool = False
    only_authorities: bool = False
    reasons: ext.Reasons | None = None
    indirect: bool = False
    only_attributes: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """A revoked certificate. `issuer` is None where it is the list's own."""

    serial: int
    at: Instant
    reason: RevocationReason
    issuer: Name | None
    not_understood: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class RevocationList:
    """A list as it was read. Equal to another when the bytes are equal."""

    encoded: bytes = field(repr=False)
    tbs: bytes = field(compare=False, repr=False)
    issuer: Name = field(compare=False)
    this_update: Instant = field(compare=False)
    next_update: Instant | None = field(compare=False)
    signature_algorithm: SignatureAlgorithm | str | None = field(compare=False)
    signature: bytes = field(compare=False, repr=False)
    number: int | None = field(compare=False)
    base: int | None = field(compare=False)
    point: IssuingPoint | None = field(compare=False)
    authority_key: ext.AuthorityKey | None = field(compare=False)
    #: A critical extension of the list or of a line is strange: then it must not be used (§5.2, §5.3).
    not_understood: bool = field(compare=False)
    lines: der.Element | None = field(compare=False, repr=False)

    @property
    def indirect(self) -> bool:
        return self.point is not None and self.point.indirect

    def find(self, serial: int, issuer: Name, /) -> Line | None:
        """The line about a certificate. Raises DerMalformed for a broken line before it."""
        if self.lines is None or (serial >= 0 and der.integer(serial) not in self.lines.content):
            return None
        last = self.issuer
        for line in read_lines(self.lines):
            last = line.issuer or last  # §5.3.3: it stays in force until another line names another one
            if line.serial == serial and last == issuer:
                return line
        return None


@lru_cache(maxsize=_KEPT)
def read_list(crl_der: bytes, /) -> RevocationList:
    """The list; those read last are kept. Raises DerMalformed, DerTooLarge."""
    if len(crl_der) > MAXIMUM_SIZE:
        raise der.DerTooLarge(what="CRL", size=len(crl_der))
    outer = der.Reader(crl_der, "CRL")
    fields = outer.read(der.SEQUENCE).reader()
    outer.finish()
    tbs, named, signature = fields.read(der.SEQUENCE), fields.read(der.SEQUENCE), fields.read(der.BIT_STRING)
    fields.finish()
    inside = tbs.reader()
    version = inside.read_optional(der.INTEGER)
    algorithm, issuer = inside.read(der.SEQUENCE), inside.read(der.SEQUENCE)
    this_update = read_time(inside.read())
    following = inside.peek() in (der.UTC_TIME, der.GENERALIZED_TIME)
    next_update = read_time(inside.read()) if following else None
    lines = inside.read_optional(der.SEQUENCE)
    listed = inside.read_optional(0xA0)
    inside.finish()
    if listed is not None and (version is None or version.integer() != 1):  # §5.1.2.1
        raise tbs.refuse("version")
    found = _Found() if listed is None else _read_extensions(listed)
    return RevocationList(
        encoded=crl_der,
        tbs=tbs.encoded,
        issuer=read_name(issuer.encoded),
        this_update=this_update,
        next_update=next_update,
        signature_algorithm=read_algorithm(named) if named.encoded == algorithm.encoded else None,
        signature=signature.content[1:] if signature.content[:1] == b"\x00" else b"",
        number=found.number,
        base=found.base,
        point=found.point,
        authority_key=found.authority_key,
        not_understood=found.not_understood or _has_strange_line(lines),
        lines=lines,
    )


@dataclass(slots=True, kw_only=True)
class _Found:
    number: int | None = None
    base: int | None = None
    point: IssuingPoint | None = None
    authority_key: ext.AuthorityKey | None = None
    not_understood: bool = False


def _read_extensions(listed: der.Element) -> _Found:
    found = _Found()
    seen: set[str] = set()
    outer = listed.reader()
    entries = outer.read(der.SEQUENCE)
    outer.finish()
    for element in entries.reader():
        identifier, critical, content = read_extension(element)
        if identifier in seen:  # §4.2, which §5.2 leans on
            raise element.refuse("duplicate-extension")
        seen.add(identifier)
        value = der.Reader(content, "extension").read()
        match identifier:
            case "2.5.29.20":  # cRLNumber
                found.number = value.integer()
                found.not_understood |= critical  # §5.2.3: "non-critical"
            case "2.5.29.27":  # deltaCRLIndicator
                found.base = value.integer()
            case "2.5.29.28":  # issuingDistributionPoint
                found.point = _read_point(value)
            case "2.5.29.35":  # authorityKeyIdentifier
                found.authority_key = ext.read_authority_key(value)
            case _:
                found.not_understood |= critical
    return found


def _read_point(value: der.Element) -> IssuingPoint:
    fields = value.reader()
    name, users, authorities = (fields.read_optional(tag) for tag in (0xA0, 0x81, 0x82))
    reasons, indirect, attributes = (fields.read_optional(tag) for tag in (0x83, 0x84, 0x85))
    fields.finish()
    full_name, relative_name = ext.read_point_name(name)
    return IssuingPoint(
        full_name=full_name,
        relative_name=relative_name,
        only_users=users is not None and users.boolean(),
        only_authorities=authorities is not None and authorities.boolean(),
        reasons=None if reasons is None else ext.read_reasons(reasons),
        indirect=indirect is not None and indirect.boolean(),
        only_attributes=attributes is not None and attributes.boolean(),
    )


def _has_strange_line(lines: der.Element | None) -> bool:
    """§5.3: a critical extension of any line that is not understood spoils the list. Most lists have none at all."""
    return lines is not None and _CRITICAL in lines.content and any(line.not_understood for line in read_lines(lines))


def read_lines(lines: der.Element, /) -> Iterator[Line]:
    """Every line, in order. Raises DerMalformed."""
    for element in lines.reader():
        fields = element.reader()
        serial, at = fields.read(der.INTEGER), fields.read()
        reason, issuer, strange = RevocationReason.UNSPECIFIED, None, False
        if not fields.at_end:
            reason, issuer, strange = _read_line_extensions(fields.read(der.SEQUENCE))
        fields.finish()
        yield Line(serial=serial.integer(), at=read_time(at), reason=reason, issuer=issuer, not_understood=strange)


def _read_line_extensions(listed: der.Element) -> tuple[RevocationReason, Name | None, bool]:
    reason, issuer, strange = RevocationReason.UNSPECIFIED, None, False
    for element in listed.reader():
        identifier, critical, content = read_extension(element)
        value = der.Reader(content, "extension").read()
        match identifier:
            case "2.5.29.21":  # reasonCode
                known = _REASONS.get(value.integer())
                if known is None:
                    raise element.refuse("reason")
                reason = known
            case "2.5.29.29":  # certificateIssuer
                issuer = _directory_name(value)
            case "2.5.29.24":  # invalidityDate says nothing that changes the status
                pass
            case _:
                strange = strange or critical
    return reason, issuer, strange


def _directory_name(value: der.Element) -> Name:
    for name in read_general_names(value.reader()):
        if name.form is Form.DIRECTORY and isinstance(name.value, tuple):
            return name.value
    raise value.refuse("certificate-issuer")
