"""Subject names as values: an authority, a person, an organisation's seal.

Each knows its attributes and their limits, and cannot exist with a value that a certificate must not carry: too long
for X.520, empty, with control characters, or with a NIK in it (design D7). The order of attributes is fixed, so that
equal values give equal bytes.
"""

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, ClassVar, Final, Self, TypeAlias

from cryptography import x509
from cryptography.x509.oid import NameOID

from absah.kernel.errors import BadInput, RuleBroken
from absah.kernel.people import Nik, NikMalformed
from absah.kernel.refs import Citation, Norm
from absah.pki import der

COUNTRY: Final = "ID"

#: Attribute → its kind, and how long it may be: RFC 5280 appendix A.1 upper bounds, our own 64 where they do not help.
_KINDS: Final = {
    "province": (NameOID.STATE_OR_PROVINCE_NAME, 128),
    "locality": (NameOID.LOCALITY_NAME, 128),
    "organisation": (NameOID.ORGANIZATION_NAME, 64),
    "organisation_identifier": (NameOID.ORGANIZATION_IDENTIFIER, 64),
    "units": (NameOID.ORGANIZATIONAL_UNIT_NAME, 64),
    "subscriber_number": (NameOID.SERIAL_NUMBER, 64),
    "surname": (NameOID.SURNAME, 64),
    "given_name": (NameOID.GIVEN_NAME, 64),
    "common_name": (NameOID.COMMON_NAME, 64),
}
#: Those that may be there any number of times, and those that may be missing.
_MANY: Final = frozenset({"units"})
_OPTIONAL: Final = frozenset({"surname", "given_name"})
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
    _, limit = _KINDS[field]
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


class _Name:
    """What all names have in common: their attributes in order, as the library's value, as text and as DER."""

    __slots__ = ()
    #: What follows the country, in the order in which it is written.
    _order: ClassVar[tuple[str, ...]]

    def __post_init__(self) -> None:
        for field, values in self._values():
            if field in _MANY and len(values) > _MAXIMUM_UNITS:
                raise NameValueRefused(field=field, problem="too-many", limit=_MAXIMUM_UNITS)
            for value in values:
                _check(field, value)
        self._check_together()

    def _check_together(self) -> None:
        """What the values must be to each other."""

    def _values(self) -> Iterator[tuple[str, tuple[str, ...]]]:
        """Each attribute with the values it has: one, or none, or several."""
        for field in self._order:
            value = getattr(self, field)
            if field in _MANY:
                yield field, value
            elif value is not None:
                yield field, (value,)

    def _attributes(self) -> _Attributes:
        """Kinds and values, in the order in which they are written."""
        written = [(_KINDS[field][0], value) for field, values in self._values() for value in values]
        return [(NameOID.COUNTRY_NAME, COUNTRY), *written]

    @classmethod
    def from_x509(cls, name: x509.Name, /) -> Self:
        """Raises NameUnreadable, and what refuses the values."""
        left: dict[x509.ObjectIdentifier, list[str]] = {}
        for attribute in name:
            if not isinstance(attribute.value, str):
                raise NameUnreadable(problem="value")
            left.setdefault(attribute.oid, []).append(attribute.value)
        if left.pop(NameOID.COUNTRY_NAME, None) != [COUNTRY]:
            raise NameUnreadable(problem="country")
        read = {field: _taken(field, left.pop(_KINDS[field][0], [])) for field in cls._order}
        if left:
            raise NameUnreadable(problem=next(iter(left)).dotted_string)
        return cls(**read)

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


def _taken(field: str, values: list[str]) -> Any:
    """The value of an attribute of a certificate, as a name of ours has it."""
    if field in _MANY:
        return tuple(values)
    if len(values) != 1 and (values or field not in _OPTIONAL):
        raise NameUnreadable(problem=_KINDS[field][0].dotted_string)
    return values[0] if values else None


@dataclass(frozen=True, slots=True, kw_only=True)
class AuthorityName(_Name):
    """A CA, TSA or OCSP responder: CN, OU*, O, C=ID (EN 319 412-2 §4.2.3.1)."""

    common_name: str
    organisation: str
    units: tuple[str, ...] = ()

    _order = ("organisation", "units", "common_name")


@dataclass(frozen=True, slots=True, kw_only=True)
class IndividualName(_Name):
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

    _order = (
        "province",
        "locality",
        "organisation",
        "units",
        "subscriber_number",
        "surname",
        "given_name",
        "common_name",
    )

    def _check_together(self) -> None:
        if self.given_name is None and self.surname is None:
            raise PersonNameMissing


@dataclass(frozen=True, slots=True, kw_only=True)
class SealName(_Name):
    """An organisation's seal (EN 319 412-3 §4.2.1): the organisation's registered name and its identifier."""

    common_name: str
    units: tuple[str, ...]
    organisation: str
    organisation_identifier: str
    locality: str
    province: str

    _order = ("province", "locality", "organisation", "organisation_identifier", "units", "common_name")

    def _check_together(self) -> None:
        # LEG-4.2.1-6: "an identification of the subject organization different from the organization name"
        if (
            not _ORGANISATION_IDENTIFIER.fullmatch(self.organisation_identifier)
            or self.organisation_identifier == self.organisation
        ):
            raise OrganisationIdentifierRefused


@dataclass(frozen=True, slots=True, kw_only=True)
class ServerName(_Name):
    """Who runs a server: O, L, ST, C=ID. The server's own names stand in subjectAltName and nowhere else."""

    organisation: str
    locality: str
    province: str

    _order = ("province", "locality", "organisation")


@dataclass(frozen=True, slots=True, kw_only=True)
class MachineName(_Name):
    """A machine or application that signs in: CN, OU*, O, L, ST, C=ID."""

    common_name: str
    units: tuple[str, ...]
    organisation: str
    locality: str
    province: str

    _order = ("province", "locality", "organisation", "units", "common_name")


SubjectName: TypeAlias = AuthorityName | IndividualName | SealName | ServerName | MachineName
