"""Reading scalars as clients send them: texts that mean nothing, loose booleans, numbers as texts, folded base64."""

import base64
import binascii
import re
from collections.abc import Mapping
from math import isfinite
from typing import Final

from absah.enrolment.applicant import EmailAddress
from absah.esign.asks import ByEmail, ByNik, Nobody, Person
from absah.esign.refusals import Base64Malformed, NikMissing, ParameterMalformed, ParameterMissing
from absah.kernel.errors import AbsahError
from absah.kernel.people import Nik
from absah.signing.factors import Factors, Secret

_TRUE: Final = frozenset({"true", "1", "yes", "on"})
_FALSE: Final = frozenset({"false", "0", "no", "off", ""})
_LONGEST_TEXT: Final = 4000
_LARGEST_NUMBER: Final = 100_000
_FOLDS: Final = re.compile(r"\s+")
_DATA_ADDRESS: Final = re.compile(r"data:[\w.+/-]{0,100};base64,", re.ASCII)


def text_of(fields: Mapping[str, object], *names: str) -> str | None:
    """The text under the first of these names that has one. Empty texts, null and the word "null" are none.

    Numbers are taken for their digits: clients send them unquoted. Raises ParameterMalformed.
    """
    for name in names:
        value = fields.get(name)
        if isinstance(value, int | float) and not isinstance(value, bool):
            value = f"{value}"
        if value is None:
            continue
        if not isinstance(value, str) or len(value) > _LONGEST_TEXT or "\0" in value:
            raise ParameterMalformed(parameter=name, expected="string")
        stripped = value.strip()
        if stripped and stripped.lower() != "null":
            return stripped
    return None


def required_text(fields: Mapping[str, object], *names: str) -> str:
    """The same, where there must be one. Raises ParameterMissing."""
    found = text_of(fields, *names)
    if found is None:
        raise ParameterMissing(parameter=names[0])
    return found


def secret_of(fields: Mapping[str, object], *names: str) -> str | None:
    """A passphrase or a code, every blank of it kept. Raises ParameterMalformed."""
    for name in names:
        value = fields.get(name)
        if isinstance(value, int) and not isinstance(value, bool):
            value = f"{value}"  # a one-time code without its quotes
        if value is None or value == "":
            continue
        if not isinstance(value, str) or len(value) > _LONGEST_TEXT:
            raise ParameterMalformed(parameter=name, expected="string")
        return value
    return None


def flag_of(fields: Mapping[str, object], name: str) -> bool:
    """A boolean, however it is spelled; absent is false. Raises ParameterMalformed."""
    value = fields.get(name)
    if isinstance(value, bool):
        return value
    written = (text_of(fields, name) or "").lower()
    if written in _TRUE or written in _FALSE:
        return written in _TRUE
    raise ParameterMalformed(parameter=name, expected="boolean")


def number_of(fields: Mapping[str, object], name: str) -> float | None:
    """A number of points. Raises ParameterMalformed."""
    if isinstance(fields.get(name), bool):
        raise ParameterMalformed(parameter=name, expected="number")
    written = text_of(fields, name)
    if written is None:
        return None
    try:
        number = float(written)
    except ValueError:
        raise ParameterMalformed(parameter=name, expected="number") from None
    if not isfinite(number) or abs(number) > _LARGEST_NUMBER:
        raise ParameterMalformed(parameter=name, expected="number")
    return number


def whole_number_of(fields: Mapping[str, object], name: str) -> int | None:
    """A number that counts something: a page, files. Raises ParameterMalformed."""
    number = number_of(fields, name)
    if number is not None and (number != int(number) or number < 1):
        raise ParameterMalformed(parameter=name, expected="integer")
    return None if number is None else int(number)


def decoded(value: object, name: str) -> bytes:
    """The bytes behind base64, in which folds and the head of a data address are tolerated. Raises Base64Malformed."""
    if not isinstance(value, str):
        raise ParameterMalformed(parameter=name, expected="base64")
    head = _DATA_ADDRESS.match(value)
    body = value[head.end() :] if head else value
    try:
        return base64.b64decode(body, validate=True)
    except (binascii.Error, ValueError):
        pass
    try:
        return base64.b64decode(_FOLDS.sub("", body), validate=True)
    except (binascii.Error, ValueError):
        raise Base64Malformed(parameter=name) from None


def person_of(fields: Mapping[str, object]) -> Person:
    """Who is meant. A NIK or address that nobody can have is `Nobody`; none at all is refused (NikMissing)."""
    nik = text_of(fields, "nik")
    if nik is not None:
        return person_with_nik(nik)
    email = text_of(fields, "email")
    if email is None:
        raise NikMissing
    try:
        return ByEmail(EmailAddress.parse(email))
    except AbsahError:
        return Nobody()


def person_with_nik(written: str) -> Person:
    """A person by what should be a NIK."""
    try:
        return ByNik(Nik(written))
    except AbsahError:
        return Nobody()


def factors_of(fields: Mapping[str, object]) -> Factors:
    """The factors shown. `otp` is how some spell `totp`. Raises ParameterMissing when there is none."""
    passphrase, totp = secret_of(fields, "passphrase"), secret_of(fields, "totp", "otp")
    if passphrase is None and totp is None:
        raise ParameterMissing(parameter="passphrase")
    return Factors(passphrase=None if passphrase is None else Secret(passphrase), totp=totp)
