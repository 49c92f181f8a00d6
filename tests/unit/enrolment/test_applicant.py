"""Who applies: addresses, numbers and texts are lawful or do not exist, and never print themselves."""

from datetime import date

import pytest

from absah.enrolment.applicant import (
    Applicant,
    EmailAddress,
    EmailMalformed,
    FieldMalformed,
    Identity,
    IdentityDiffers,
    PhoneMalformed,
    PhoneNumber,
    check_identity,
    clean_text,
)
from absah.enrolment.naming import PersonName
from absah.kernel.people import Nik

NIK = Nik("9999014107900001")


def applicant(**changes) -> Applicant:
    values = {
        "nik": NIK,
        "nip": None,
        "name": PersonName(full="Suwitro"),
        "email": EmailAddress("suwitro@sagarabiru.example"),
        "post": "Kepala  Dinas ",
        "unit": "Dinas Kesehatan",
        "city": "Kota Sagara Biru",
        "province": "Nusa Contoh",
    }
    return Applicant(**(values | changes))


def test_an_address_is_read_as_people_write_it_and_hides_itself() -> None:
    address = EmailAddress.parse(" Rina.Lestari@SagaraBiru.Example ")
    assert address.address == "Rina.Lestari@sagarabiru.example"
    assert "Rina" not in repr(address)
    assert address.masked == "R•••@sagarabiru.example"


@pytest.mark.parametrize(
    "written",
    ["", "rina", "rina@", "@a.example", "rina@local", "ri na@a.example", "rina@a..example", "rína@a.example",
     "rina@-a.example", f"{'r' * 65}@a.example", f"r@{'a.' * 127}example", "rina@a.example\nBcc: x@y.example"],
)  # fmt: skip
def test_what_mail_cannot_reach_is_no_address(written: str) -> None:
    with pytest.raises(EmailMalformed):
        EmailAddress.parse(written)


@pytest.mark.parametrize("written", ["0811-555-0101", "+62 811 555 0101", "628115550101", "(0811) 5550101"])
def test_a_telephone_number_is_read_in_every_usual_spelling(written: str) -> None:
    number = PhoneNumber.parse(written)
    assert number.number == "+628115550101"
    assert "811" not in repr(number)


@pytest.mark.parametrize("written", ["", "555", "+1 212 555 0100", "0811-555-010A", "00811", "0" + "8" * 15])
def test_what_is_no_indonesian_number_is_refused(written: str) -> None:
    with pytest.raises(PhoneMalformed):
        PhoneNumber.parse(written)


def test_texts_are_one_line_with_single_spaces_in_normal_form() -> None:
    assert clean_text("Cafe\u0301  Dinas", "post") == "Café Dinas"
    assert applicant().post == "Kepala Dinas"


@pytest.mark.parametrize(
    ("changes", "problem"),
    [
        ({"post": "  "}, "empty"),
        ({"post": "x" * 121}, "too-long"),
        ({"unit": "x" * 65}, "too-long"),
        ({"city": "Kota\u202eabc"}, "characters"),
        ({"province": "a\nb"}, "characters"),
    ],
)
def test_a_field_that_no_person_types_is_refused(changes: dict[str, str], problem: str) -> None:
    with pytest.raises(FieldMalformed) as refused:
        applicant(**changes)
    assert refused.value.parameters == {"field": next(iter(changes)), "problem": problem}


def test_the_person_behind_the_link_is_the_one_entered() -> None:
    phone = PhoneNumber("+628115550101")
    check_identity(Identity(nik=NIK, born=date(1990, 7, 1), phone=phone), applicant())
    for nik, born in ((Nik("9999014107900002"), date(1990, 7, 1)), (NIK, date(1990, 7, 2))):
        with pytest.raises(IdentityDiffers) as refused:
            check_identity(Identity(nik=nik, born=born, phone=phone), applicant())
        assert refused.value.parameters == {}


def test_an_applicant_does_not_print_what_is_personal() -> None:
    shown = repr(applicant())
    assert "9999" not in shown
    assert "suwitro@" not in shown
