"""Subject names as values: an authority, a person, an organisation's seal.

Each knows its attributes and their limits, and cannot exist with a value that a certificate must not carry: too long
for X.520, empty, with control characters, or with a NIK in it (design D7). The order of attributes is fixed, so that
equal values give equal bytes.
"""

import re
import unicodedata
from abc import ABC, abstractmethod
from dataclasses import dataclass
from typing import Final, Self, TypeAlias, TypeVar

from cryptography import x509
from cryptography.x509.oid import NameOID

from absah.kernel.errors import BadInput, RuleBroken
from absah.kernel.people import Nik, NikMalformed
from absah.kernel.refs import Citation, Norm
from absah.pki import der

COUNTRY: Final = "ID"

#: RFC 5280 appendix A.1 upper bounds, by attribute; our own 64 where the norm has none that helps.
_LIMITS: Final = {
    "common_name": 64,
    "given_name": 64,
    "surname": 64,
    "subscriber_number": 64,
    "units": 64,
    "organisation": 64,
    "organisation_identifier": 64,
    "locality": 128,
    "province": 128,
}
_PRINTABLE: Final = re.compile(r"[A-Za-z0-9 '()+,\-./:=?]+")
#: EN 319 412-1 §5.1.4: three letters of type (or two and a colon for a national one), country, hyphen, reference.
_ORGANISATION_IDENTIFIER: Final = re.compile(r"(?:NTR|VAT|PSD|[A-Z]{2}:)[A-Z]{2}-\S+|LEIXG-[A-Z0-9]{20}")
_MAXIMUM_UNITS: Final = 8


class NameValueRefused(BadInput):
    """A value that this attribute cannot carry. Parameters: field, problem, limit."""

    code = "pki.name-value-refused"


class NameHoldsNik(RuleBroken):
    """A NIK where a certificate would make it public for ever. Parameter: field; the number is not repeated."""

    code = "pki.name-holds-nik"
    citation = Citation(norm=Norm.UU_PDP, clause="16")


class PersonNameMissing(RuleBroken):
    """A person's name needs a given name or a surname."""

    code = "pki.person-name-missing"
    citation = Citation(norm=Norm.EN_319_412_2, clause="4.2.4")


class OrganisationIdentifierRefused(RuleBroken):
    """Not in the syntax of EN 319 412-1, or the same as the organisation's name."""

    code = "pki.organisation-identifier-refused"
    citation = Citation(norm=Norm.EN_319_412_1, clause="5.1.4")


class NameUnreadable(BadInput):
    """A name of a certificate that is none of the kinds this house writes. Parameter: problem."""

    code = "pki.name-unreadable"


def _check(field: str, value: str) -> None:
    limit = _LIMITS[field]
    problem = ""
    if not value or value != value.strip():
        problem = "blank"
    elif len(value) > limit:
        problem = "too-long"
    elif not value.isprintable() and any(unicodedata.category(character).startswith("C") for character in value):
        problem = "control-character"
    elif field == "subscriber_number" and not _PRINTABLE.fullmatch(value):
        problem = "not-printable-string"  # X.520: serialNumber is a PrintableString
    if problem:
        raise NameValueRefused(field=field, problem=problem, limit=limit)
    for digits in re.findall(r"(?<![0-9])[0-9]{16}(?![0-9])", value):
        try:
            Nik(digits)
        except NikMalformed:
            continue
        raise NameHoldsNik(field=field)


def _check_units(units: tuple[str, ...]) -> None:
    if len(units) > _MAXIMUM_UNITS:
        raise NameValueRefused(field="units", problem="too-many", limit=_MAXIMUM_UNITS)
    for unit in units:
        _check("units", unit)


_Name = TypeVar("_Name")
#: RFC 4514 §3; the other kinds of attributes are written as numbers.
_SHORT: Final = {
    NameOID.COUNTRY_NAME: "C",
    NameOID.STATE_OR_PROVINCE_NAME: "ST",
    NameOID.LOCALITY_NAME: "L",
    NameOID.ORGANIZATION_NAME: "O",
    NameOID.ORGANIZATIONAL_UNIT_NAME: "OU",
    NameOID.COMMON_NAME: "CN",
}
#: RFC 4514 §2.4. Our values neither begin nor end with a space, and hold no NUL.
_SPECIAL: Final = re.compile(r'^#|[\\"+,;<>]')
_WITH_BACKSLASH: Final = r"\\\g<0>"
_PRINTED: Final = frozenset({NameOID.COUNTRY_NAME, NameOID.SERIAL_NUMBER})
_Attributes: TypeAlias = list[tuple[x509.ObjectIdentifier, str]]


class _Written(ABC):
    """What all names have in common: their attributes in order, as the library's value and as DER."""

    __slots__ = ()

    @abstractmethod
    def _attributes(self) -> _Attributes:
        """Kinds and values, in the order in which they are written."""

    def to_x509(self) -> x509.Name:
        return x509.Name([x509.NameAttribute(identifier, value) for identifier, value in self._attributes()])

    def to_text(self) -> str:
        """The same as text, the last attribute first (RFC 4514 §2)."""
        return ",".join(
            f"{_SHORT.get(identifier, identifier.dotted_string)}={_SPECIAL.sub(_WITH_BACKSLASH, value)}"
            for identifier, value in reversed(self._attributes())
        )

    def to_der(self) -> bytes:
        """The same in DER: each attribute by itself, in PrintableString or UTF8String (RFC 5280 §4.1.2.4)."""
        return der.sequence(
            *(
                der.tlv(der.SET, der.sequence(der.oid(identifier.dotted_string), _text(identifier, value)))
                for identifier, value in self._attributes()
            )
        )


def _text(identifier: x509.ObjectIdentifier, value: str) -> bytes:
    # X.520: countryName and serialNumber are PrintableString; the others may be UTF8String, and all of ours are.
    return der.tlv(der.PRINTABLE_STRING if identifier in _PRINTED else der.UTF8_STRING, value.encode())


def _units(units: tuple[str, ...]) -> _Attributes:
    return [(NameOID.ORGANIZATIONAL_UNIT_NAME, unit) for unit in units]


@dataclass(frozen=True, slots=True, kw_only=True)
class AuthorityName(_Written):
    """A CA, TSA or OCSP responder: CN, OU*, O, C=ID (EN 319 412-2 §4.2.3.1)."""

    common_name: str
    organisation: str
    units: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        _check("common_name", self.common_name)
        _check("organisation", self.organisation)
        _check_units(self.units)

    def _attributes(self) -> _Attributes:
        return [
            (NameOID.COUNTRY_NAME, COUNTRY),
            (NameOID.ORGANIZATION_NAME, self.organisation),
            *_units(self.units),
            (NameOID.COMMON_NAME, self.common_name),
        ]

    @classmethod
    def from_x509(cls, name: x509.Name, /) -> Self:
        """Raises NameUnreadable."""
        fields = _Fields(name)
        return fields.finish(
            cls(
                organisation=fields.one(NameOID.ORGANIZATION_NAME),
                units=fields.many(NameOID.ORGANIZATIONAL_UNIT_NAME),
                common_name=fields.one(NameOID.COMMON_NAME),
            )
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class IndividualName(_Written):
    """A person who signs for an organisation (EN 319 412-2 §4.2.4).

    Many Indonesians have one name: given name or surname may be None, not both. `subscriber_number` is our opaque
    number that keeps namesakes apart; it says nothing about the person and is never the NIK.
    """

    common_name: str
    given_name: str | None
    surname: str | None
    subscriber_number: str
    units: tuple[str, ...]
    organisation: str
    locality: str
    province: str

    def __post_init__(self) -> None:
        if self.given_name is None and self.surname is None:
            raise PersonNameMissing
        for field in ("common_name", "subscriber_number", "organisation", "locality", "province"):
            _check(field, getattr(self, field))
        if self.given_name is not None:
            _check("given_name", self.given_name)
        if self.surname is not None:
            _check("surname", self.surname)
        _check_units(self.units)

    def _attributes(self) -> _Attributes:
        attributes: _Attributes = [
            (NameOID.COUNTRY_NAME, COUNTRY),
            (NameOID.STATE_OR_PROVINCE_NAME, self.province),
            (NameOID.LOCALITY_NAME, self.locality),
            (NameOID.ORGANIZATION_NAME, self.organisation),
            *_units(self.units),
            (NameOID.SERIAL_NUMBER, self.subscriber_number),
        ]
        if self.surname is not None:
            attributes.append((NameOID.SURNAME, self.surname))
        if self.given_name is not None:
            attributes.append((NameOID.GIVEN_NAME, self.given_name))
        return [*attributes, (NameOID.COMMON_NAME, self.common_name)]

    @classmethod
    def from_x509(cls, name: x509.Name, /) -> Self:
        """Raises NameUnreadable."""
        fields = _Fields(name)
        return fields.finish(
            cls(
                province=fields.one(NameOID.STATE_OR_PROVINCE_NAME),
                locality=fields.one(NameOID.LOCALITY_NAME),
                organisation=fields.one(NameOID.ORGANIZATION_NAME),
                units=fields.many(NameOID.ORGANIZATIONAL_UNIT_NAME),
                subscriber_number=fields.one(NameOID.SERIAL_NUMBER),
                surname=fields.optional(NameOID.SURNAME),
                given_name=fields.optional(NameOID.GIVEN_NAME),
                common_name=fields.one(NameOID.COMMON_NAME),
            )
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class SealName(_Written):
    """An organisation's seal (EN 319 412-3 §4.2.1): the organisation's registered name and its identifier."""

    common_name: str
    units: tuple[str, ...]
    organisation: str
    organisation_identifier: str
    locality: str
    province: str

    def __post_init__(self) -> None:
        for field in ("common_name", "organisation", "organisation_identifier", "locality", "province"):
            _check(field, getattr(self, field))
        _check_units(self.units)
        # LEG-4.2.1-6: "an identification of the subject organization different from the organization name"
        if (
            not _ORGANISATION_IDENTIFIER.fullmatch(self.organisation_identifier)
            or self.organisation_identifier == self.organisation
        ):
            raise OrganisationIdentifierRefused

    def _attributes(self) -> _Attributes:
        return [
            (NameOID.COUNTRY_NAME, COUNTRY),
            (NameOID.STATE_OR_PROVINCE_NAME, self.province),
            (NameOID.LOCALITY_NAME, self.locality),
            (NameOID.ORGANIZATION_NAME, self.organisation),
            (NameOID.ORGANIZATION_IDENTIFIER, self.organisation_identifier),
            *_units(self.units),
            (NameOID.COMMON_NAME, self.common_name),
        ]

    @classmethod
    def from_x509(cls, name: x509.Name, /) -> Self:
        """Raises NameUnreadable."""
        fields = _Fields(name)
        return fields.finish(
            cls(
                province=fields.one(NameOID.STATE_OR_PROVINCE_NAME),
                locality=fields.one(NameOID.LOCALITY_NAME),
                organisation=fields.one(NameOID.ORGANIZATION_NAME),
                organisation_identifier=fields.one(NameOID.ORGANIZATION_IDENTIFIER),
                units=fields.many(NameOID.ORGANIZATIONAL_UNIT_NAME),
                common_name=fields.one(NameOID.COMMON_NAME),
            )
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class ServerName(_Written):
    """Who runs a server: O, L, ST, C=ID. The server's own names stand in subjectAltName and nowhere else."""

    organisation: str
    locality: str
    province: str

    def __post_init__(self) -> None:
        for field in ("organisation", "locality", "province"):
            _check(field, getattr(self, field))

    def _attributes(self) -> _Attributes:
        return [
            (NameOID.COUNTRY_NAME, COUNTRY),
            (NameOID.STATE_OR_PROVINCE_NAME, self.province),
            (NameOID.LOCALITY_NAME, self.locality),
            (NameOID.ORGANIZATION_NAME, self.organisation),
        ]

    @classmethod
    def from_x509(cls, name: x509.Name, /) -> Self:
        """Raises NameUnreadable."""
        fields = _Fields(name)
        return fields.finish(
            cls(
                province=fields.one(NameOID.STATE_OR_PROVINCE_NAME),
                locality=fields.one(NameOID.LOCALITY_NAME),
                organisation=fields.one(NameOID.ORGANIZATION_NAME),
            )
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class MachineName(_Written):
    """A machine or application that signs in: CN, OU*, O, L, ST, C=ID."""

    common_name: str
    units: tuple[str, ...]
    organisation: str
    locality: str
    province: str

    def __post_init__(self) -> None:
        for field in ("common_name", "organisation", "locality", "province"):
            _check(field, getattr(self, field))
        _check_units(self.units)

    def _attributes(self) -> _Attributes:
        return [
            (NameOID.COUNTRY_NAME, COUNTRY),
            (NameOID.STATE_OR_PROVINCE_NAME, self.province),
            (NameOID.LOCALITY_NAME, self.locality),
            (NameOID.ORGANIZATION_NAME, self.organisation),
            *_units(self.units),
            (NameOID.COMMON_NAME, self.common_name),
        ]

    @classmethod
    def from_x509(cls, name: x509.Name, /) -> Self:
        """Raises NameUnreadable."""
        fields = _Fields(name)
        return fields.finish(
            cls(
                province=fields.one(NameOID.STATE_OR_PROVINCE_NAME),
                locality=fields.one(NameOID.LOCALITY_NAME),
                organisation=fields.one(NameOID.ORGANIZATION_NAME),
                units=fields.many(NameOID.ORGANIZATIONAL_UNIT_NAME),
                common_name=fields.one(NameOID.COMMON_NAME),
            )
        )


SubjectName: TypeAlias = AuthorityName | IndividualName | SealName | ServerName | MachineName


class _Fields:
    """Takes the attributes out of a name one kind at a time, and at the end wants to be empty."""

    def __init__(self, name: x509.Name) -> None:
        self._left: dict[x509.ObjectIdentifier, list[str]] = {}
        for attribute in name:
            if not isinstance(attribute.value, str):
                raise NameUnreadable(problem="value")
            self._left.setdefault(attribute.oid, []).append(attribute.value)
        if self.one(NameOID.COUNTRY_NAME) != COUNTRY:
            raise NameUnreadable(problem="country")

    def many(self, identifier: x509.ObjectIdentifier) -> tuple[str, ...]:
        return tuple(self._left.pop(identifier, ()))

    def optional(self, identifier: x509.ObjectIdentifier) -> str | None:
        values = self.many(identifier)
        if len(values) > 1:
            raise NameUnreadable(problem=identifier.dotted_string)
        return values[0] if values else None

    def one(self, identifier: x509.ObjectIdentifier) -> str:
        value = self.optional(identifier)
        if value is None:
            raise NameUnreadable(problem=identifier.dotted_string)
        return value

    def finish(self, read: _Name) -> _Name:
        if self._left:
            raise NameUnreadable(problem=next(iter(self._left)).dotted_string)
        return read
