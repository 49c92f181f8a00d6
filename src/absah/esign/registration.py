"""Registering somebody over the wire: what an application may say of a person, and no more than is used.

Whoever names a NIK is entered at once, and goes through the same checks as all others. Version 2 may name only a name
and an address: then the agency's verifikator is asked to enter the person. Pictures of identity cards and signatures
are read and not kept: the person takes them behind the link, where their consent is.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from absah.enrolment.applicant import Applicant, EmailAddress
from absah.enrolment.naming import PersonName
from absah.esign.asks import RegistrationDefaults
from absah.esign.parameters import decoded, required_text, text_of
from absah.esign.refusals import NikMissing
from absah.kernel.people import Nik, Nip

#: As the older interface of the service words it.
ENTERED: Final = "Pendaftaran berhasil"
ASKED: Final = "Permintaan pendaftaran diteruskan kepada verifikator instansi"


@dataclass(frozen=True, slots=True, kw_only=True)
class RegistrationAsk:
    """Somebody who is to get a certificate. `applicant` is None where only name and address are known.

    `letter` is the agency's recommendation, a PDF.
    """

    name: PersonName
    email: EmailAddress
    applicant: Applicant | None
    letter: bytes | None = field(default=None, repr=False)


def parse_v1(
    fields: Mapping[str, object], files: Mapping[str, bytes], defaults: RegistrationDefaults, /
) -> RegistrationAsk:
    """`POST /api/user/registrasi`. Raises NikMissing, ParameterMissing, and what is wrong with a field."""
    if text_of(fields, "nik") is None:
        raise NikMissing
    return _ask(fields, files.get("surat_rekomendasi"), defaults)


def parse_v2(fields: Mapping[str, object], defaults: RegistrationDefaults, /) -> RegistrationAsk:
    """`POST /api/v2/user/registration`. Raises the same, but for NikMissing."""
    letter = fields.get("suratRekomendasiBase64")
    empty = letter in (None, "", "null")
    return _ask(fields, None if empty else decoded(letter, "suratRekomendasiBase64"), defaults)


def _ask(fields: Mapping[str, object], letter: bytes | None, defaults: RegistrationDefaults) -> RegistrationAsk:
    name = PersonName(full=required_text(fields, "nama"))
    email = EmailAddress.parse(required_text(fields, "email"))
    nik = text_of(fields, "nik")
    if nik is None:
        return RegistrationAsk(name=name, email=email, applicant=None, letter=letter)
    nip = text_of(fields, "nip")
    applicant = Applicant(
        nik=Nik(nik),
        nip=None if nip is None else Nip.parse(nip),
        name=name,
        email=email,
        post=required_text(fields, "jabatan"),
        unit=text_of(fields, "unit_kerja", "unitKerja") or defaults.unit,
        city=text_of(fields, "kota") or defaults.city,
        province=text_of(fields, "provinsi") or defaults.province,
    )
    return RegistrationAsk(name=name, email=email, applicant=applicant, letter=letter)


def v1_answer(message: str, /) -> dict[str, Any]:
    """What version 1 says; its clients read `message`."""
    return {"message": message}


def v2_answer(message: str, /) -> dict[str, Any]:
    """What version 2 says."""
    return {"success": True, "message": message, "data": None}
