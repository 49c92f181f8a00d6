"""Who applies for a certificate, as the agency's verifikator enters it and as the person completes it.

The fields are those the registers of the field share; what a certificate or a decision does not need is not asked
for (UU 27/2022 Pasal 16: personal data are collected in a limited and specific way). A birth date is compared with
the NIK and then forgotten.
"""

import json
import re
import unicodedata
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum
from typing import ClassVar, Self, final

from absah.enrolment.naming import PersonName
from absah.kernel.errors import BadInput
from absah.kernel.people import Nik, Nip

_LONGEST = 120  # of a post or a place; RFC 5280 appendix A.1 allows 128 for L and ST in a certificate
_LONGEST_RANK = 60
_LONGEST_UNIT = 64  # RFC 5280 appendix A.1: ub-organizational-unit-name


class EmailMalformed(BadInput):
    """Not an address that mail can reach."""

    code = "enrolment.email-malformed"


class PhoneMalformed(BadInput):
    """Not an Indonesian telephone number."""

    code = "enrolment.phone-malformed"


class FieldMalformed(BadInput):
    """A field of the form is empty, too long, or holds characters that no person types."""

    code = "enrolment.field-malformed"


class IdentityDiffers(BadInput):
    """What the person gave is not what the verifikator entered. Which part differs is not said."""

    code = "enrolment.identity-differs"


@final
@dataclass(frozen=True, slots=True)
class EmailAddress:
    """An address of ASCII characters, the domain in lower case. Personal data: it does not show in `repr`."""

    address: str = field(repr=False)

    # RFC 5321 §4.5.3.1: 64 octets before the @, 255 after; no quoted or internationalised local parts here.
    PATTERN: ClassVar[re.Pattern[str]] = re.compile(
        r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+(?:\.[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+)*"
        r"@(?:[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z]{2,63}"
    )

    def __post_init__(self) -> None:
        local, _, domain = self.address.rpartition("@")
        if not self.PATTERN.fullmatch(self.address) or len(local) > 64 or len(domain) > 255:
            raise EmailMalformed

    @classmethod
    def parse(cls, written: str, /) -> Self:
        """Read an address as people write it: spaces around it and capitals in the domain do not matter."""
        local, at, domain = written.strip().rpartition("@")
        return cls(local + at + domain.lower())

    @property
    def masked(self) -> str:
        """For screens: `r•••@sagarabiru.example`."""
        local, _, domain = self.address.rpartition("@")
        return f"{local[0]}•••@{domain}"


@final
@dataclass(frozen=True, slots=True)
class PhoneNumber:
    """An Indonesian number in international form, `+62…` (ITU-T E.164). Personal data: not in `repr`."""

    number: str = field(repr=False)

    def __post_init__(self) -> None:
        if not re.fullmatch(r"\+62[1-9][0-9]{6,12}", self.number):
            raise PhoneMalformed

    @classmethod
    def parse(cls, written: str, /) -> Self:
        """Read `0812-…`, `62812…` or `+62 812 …`."""
        digits = re.sub(r"[\s().-]", "", written)
        for prefix in ("+62", "62", "0"):
            if digits.startswith(prefix):
                return cls("+62" + digits.removeprefix(prefix))
        raise PhoneMalformed


def clean_text(written: str, field_name: str, /, *, longest: int = _LONGEST) -> str:
    """One line of text in normal form C with single spaces; empty, too long or with control characters is refused."""
    if any(unicodedata.category(character) in {"Cc", "Cf", "Cs", "Co", "Cn"} for character in written.strip()):
        raise FieldMalformed(field=field_name, problem="characters")
    text = " ".join(unicodedata.normalize("NFC", written).split())
    if not text:
        raise FieldMalformed(field=field_name, problem="empty")
    if len(text) > longest:
        raise FieldMalformed(field=field_name, problem="too-long")
    return text


class Employment(StrEnum):
    """How a person serves. Police and army have numbers of their own, which no certificate needs."""

    ASN = "asn"
    PPPK = "pppk"
    TNI = "tni"
    POLRI = "polri"
    OTHER = "non-asn"


def identity_of(name: str, nik: Nik, /) -> str:
    """A person in the one form that the ledger commits to: name with titles and NIK as JSON, sorted, without blanks."""
    return json.dumps({"name": name, "nik": nik.digits}, sort_keys=True, ensure_ascii=False, separators=(",", ":"))


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class Applicant:
    """A person for whom a certificate is asked. `nip` is None for those outside the civil service.

    `rank` is pangkat and golongan, as the agency writes them; empty where there is none.
    """

    nik: Nik
    nip: Nip | None
    name: PersonName
    email: EmailAddress
    post: str
    unit: str
    city: str
    province: str
    rank: str = ""
    employment: Employment | None = None

    def __post_init__(self) -> None:
        if self.rank:
            object.__setattr__(self, "rank", clean_text(self.rank, "rank", longest=_LONGEST_RANK))
        object.__setattr__(self, "unit", clean_text(self.unit, "unit", longest=_LONGEST_UNIT))
        for label in ("post", "city", "province"):
            object.__setattr__(self, label, clean_text(getattr(self, label), label))

    @property
    def identified_by(self) -> str:
        """Who this is, as the ledger commits to it."""
        return identity_of(self.name.with_titles, self.nik)


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class Identity:
    """What the person behind the link gives: proof that the link reached the right one, and a telephone number."""

    nik: Nik
    born: date
    phone: PhoneNumber


def check_identity(identity: Identity, applicant: Applicant, /) -> None:
    """The person must be the one entered: the same NIK, and a birth date that the NIK codes. Raises."""
    if identity.nik != applicant.nik or not identity.nik.matches_birth_date(identity.born):
        raise IdentityDiffers
