"""The people of the demo: two officials who sign, and the officers of both parties. All of them are fictional."""

from dataclasses import dataclass
from datetime import date

from absah.enrolment.naming import PersonName
from absah.kernel.people import Nik, Nip
from absah_site.actors import Operator
from absah_site.roles import Role

OPERATOR = Operator(name="demo")


@dataclass(frozen=True, slots=True, kw_only=True)
class Official:
    """Somebody who will sign, in this office since a day, and the anchor under whose character."""

    nik: Nik
    nip: Nip
    born: date
    name: PersonName
    email: str
    post: str
    since: date
    unit: str
    username: str
    anchor: str


FIRST = Official(
    nik=Nik("9999994107740001"),
    nip=Nip("197407011999032001"),
    born=date(1974, 7, 1),
    name=PersonName(full="Ratna Widyaningsih", titles_before="Dr.", titles_after="M.Si."),
    email="ratna@sagarabiru.example",
    post="Sekretaris Daerah Kota Sagara Biru",
    since=date(2023, 1, 9),
    unit="Sekretariat Daerah",
    username="ratna",
    anchor="$",
)
SECOND = Official(
    nik=Nik("9999992408680002"),
    nip=Nip("196808241993031002"),
    born=date(1968, 8, 24),
    name=PersonName(full="SUWITRO"),
    email="suwitro@balai-absah.example",
    post="Kepala Balai Sertifikasi Absah",
    since=date(2024, 3, 1),
    unit="Balai Sertifikasi",
    username="suwitro",
    anchor="#",
)
#: Signs at no anchor of the agreement: he checks what the city's officials sign, and initials it.
ASSISTANT = Official(
    nik=Nik("9999990505850003"),
    nip=Nip("198505052010011003"),
    born=date(1985, 5, 5),
    name=PersonName(full="Ahmad Fauzan Ridwan", titles_after="S.Sos."),
    email="ahmad@sagarabiru.example",
    post="Kepala Bagian Umum",
    since=date(2022, 6, 13),
    unit="Sekretariat Daerah",
    username="ahmad",
    anchor="",
)
OFFICERS = {
    Role.VERIFIKATOR: ("verifikator", "Sari Puspitaningrum"),
    Role.RA: ("ra", "Bagas Wirayudha"),
    Role.CA: ("ca", "Melati Anggraini"),
    Role.OPERATOR: ("operator", "Stefanus Wibisono"),
    Role.AGENCY_ADMIN: ("admin", "Yonas Tirtayasa"),
    Role.AGREEMENT_OFFICER: ("perjanjian", "Nadira Kusumawati"),
    Role.PRIVACY_OFFICER: ("pdp", "Lestari Hadiningrum"),
    Role.AUDITOR: ("auditor", "Hasan Prawirodirjo"),
}
