"""The two agreements that describe the system, with their dates and numbers, between fictional people.

`ministry()` is A and `province()` is B: who, when and how follow the real ones; names of people do not.
"""

from datetime import UTC, date, datetime, timedelta

from absah.agreements.agreement import Agreement, fold
from absah.agreements.drafting import draft_from_model
from absah.agreements.events import Drafted, Event, Signed, SignerSeen
from absah.agreements.parties import (
    ByOffice,
    ByPowerOfAttorney,
    Contact,
    DatedName,
    Parties,
    Party,
    Representative,
    Role,
    Span,
)
from absah.agreements.published_holidays import published_calendar
from absah.agreements.questions import Confirmation, Interpretation
from absah.kernel.clock import Instant, instant

CALENDAR = published_calendar(2022, 2031, final_years=frozenset(range(2022, 2027)))
FIRST_SIGNER, SECOND_SIGNER = "Ratna Widyaningsih", "Bagas Wirayudha"
LONG_AGO = date(2015, 1, 1)
STATED_DAY, MINISTRY_SIGNED, PROVINCE_SIGNED = date(2022, 10, 26), date(2023, 5, 15), date(2023, 5, 8)


def at(day: date, hour: int = 9) -> Instant:
    """A moment of a legal day: nine o'clock in Jakarta, unless another hour is wanted."""
    return instant(datetime(day.year, day.month, day.day, tzinfo=UTC) + timedelta(hours=hour - 7))


def party(role: Role, name: str, number: str, representative: Representative, contact: Contact) -> Party:
    return Party(
        role=role,
        names=(DatedName(name=name, since=LONG_AGO),),
        seat="Jalan Contoh Nomor 5",
        number=number,
        anchor="$" if role is Role.FIRST else "#",
        representatives=(representative,),
        contact=contact,
    )


def by_office(name: str, post: str) -> Representative:
    return Representative(name=name, post=post, authority=ByOffice(), span=Span(first=date(2020, 1, 1)))


ISSUER_CONTACT = Contact(
    unit="Seksi Pelayanan Sertifikasi", address="Jalan Uji Coba Nomor 70", email="info@balai.example"
)
MINISTRY_PARTIES = Parties(
    first=party(
        Role.FIRST,
        "Sekretariat Jenderal Kementerian Contoh",
        "70/SJ-CTH/MoU/05/2023",
        by_office(FIRST_SIGNER, "Sekretaris Jenderal"),
        Contact(unit="Sekretariat Jenderal", address="Jalan Contoh Nomor 5", email="sesjen@kementerian.example"),
    ),
    second=party(
        Role.SECOND,
        "Badan Sandi Contoh",
        "PERJ.206/BSC/05/2023",
        by_office(SECOND_SIGNER, "Sekretaris Utama"),
        ISSUER_CONTACT,
    ),
)
PROVINCE_PARTIES = Parties(
    first=party(
        Role.FIRST,
        "Pemerintah Provinsi Contoh",
        "432/HM.03.00",
        Representative(
            name=FIRST_SIGNER,
            post="Asisten Pemerintahan Sekretaris Daerah",
            authority=ByPowerOfAttorney(granted_by="Penjabat Gubernur", dated=date(2023, 4, 17)),
            span=Span(first=date(2023, 4, 17), last=date(2023, 12, 31)),
        ),
        Contact(unit="Dinas Komunikasi", address="Jalan Balai Kota Nomor 8", email="diskominfo@provinsi.example"),
    ),
    second=party(
        Role.SECOND,
        "Balai Sertifikasi Contoh",
        "PERJ.192/BSC/BS/05/2023",
        by_office(SECOND_SIGNER, "Kepala Balai"),
        ISSUER_CONTACT,
    ),
)
ISSUER = (
    DatedName(name="Balai Sertifikasi Contoh", since=LONG_AGO),
    DatedName(name="Balai Besar Sertifikasi Contoh", since=date(2025, 1, 1)),
)


def ministry_draft(on: date = MINISTRY_SIGNED) -> Drafted:
    return draft_from_model(
        "kementerian", parties=MINISTRY_PARTIES, issuer=ISSUER, on=on, now=at(on), stated_day=STATED_DAY
    )


def province_draft(on: date = PROVINCE_SIGNED) -> Drafted:
    return draft_from_model("daerah", parties=PROVINCE_PARTIES, issuer=ISSUER, on=on, now=at(on))


def signed(role: Role, on: date, *, name: str | None = None, anchor: str | None = None) -> Signed:
    """A signature of the right person at the right anchor, unless the case wants another."""
    person = FIRST_SIGNER if role is Role.FIRST else SECOND_SIGNER
    place = "$" if role is Role.FIRST else "#"
    seen = SignerSeen(name=name or person, certificate="0a1b2c", anchor=anchor or place)
    return Signed(on=on, recorded_at=at(on), by=role, signer=seen, document="e3b0c442")


def both_sign(on: date) -> tuple[Signed, Signed]:
    return signed(Role.FIRST, on), signed(Role.SECOND, on)


def ministry(*more: Event) -> Agreement:
    """Agreement A: signed 15-05-2023, in force from 26-10-2022, and what happened since."""
    return fold([ministry_draft(), *both_sign(MINISTRY_SIGNED), *more])


def province(*more: Event) -> Agreement:
    """Agreement B: signed 08-05-2023, and what happened since."""
    return fold([province_draft(), *both_sign(PROVINCE_SIGNED), *more])


def confirmation(question: str, reading: str, on: date) -> Confirmation:
    return Confirmation(question=question, reading=reading, reason="rapat bersama", document="BA-1/2023", on=on)


def reading_of(agreement: Agreement, **wanted: str) -> Interpretation:
    """The one living reading with these words."""
    (found,) = [
        each
        for each in agreement.interpretations
        if all(getattr(each, line).value == word for line, word in wanted.items())
    ]
    return found
