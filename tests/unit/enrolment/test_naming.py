"""Names as on identity cards, and as they stand in certificates."""

import pytest
from tests.unit.enrolment.test_applicant import applicant

from absah.enrolment.agency import (
    Agency,
    AgreementNotInForce,
    CooperationAgreement,
    UnitUnknown,
    certificate_subject,
    check_agreement,
    check_unit,
)
from absah.enrolment.applicant import FieldMalformed
from absah.enrolment.naming import NameMalformed, PersonName, certificate_name
from absah.enrolment.subscriber import SubscriberNumber, SubscriberUnknown, draw_subscriber_number
from absah.kernel.rng import UnsafeSeededRng

from datetime import date, timedelta  # isort: skip


@pytest.mark.parametrize(
    ("full", "given", "surname"),
    [
        ("SUWITRO", "SUWITRO", None),
        ("Rina Lestari", "Rina", "Lestari"),
        ("Rina Ayu  Lestari", "Rina Ayu", "Lestari"),
        ("I Gusti Ngurah Rai", "I Gusti Ngurah", "Rai"),
        ("Nur'aini Siregar-Lubis", "Nur'aini", "Siregar-Lubis"),
    ],
)
def test_one_name_suffices_and_the_last_of_several_is_the_surname(full: str, given: str, surname: str | None) -> None:
    name = certificate_name(PersonName(full=full))
    assert (name.given_name, name.surname) == (given, surname)
    assert name.common_name == PersonName(full=full).full


def test_titles_are_for_letters_and_never_for_the_certificate() -> None:
    name = PersonName(full="Ratna Wulandari", titles_before="Dr.", titles_after="S.H., M.Kn.")
    assert name.with_titles == "Dr. Ratna Wulandari, S.H., M.Kn."
    assert certificate_name(name).common_name == "Ratna Wulandari"
    assert PersonName(full="Suwitro").with_titles == "Suwitro"


@pytest.mark.parametrize(
    ("full", "problem"),
    [("", "empty"), ("x" * 65, "too-long"), ("Rina 2", "characters"), ("<b>Rina", "characters"), ("-", "characters")],
)
def test_what_no_identity_card_says_is_no_name(full: str, problem: str) -> None:
    with pytest.raises(NameMalformed) as refused:
        PersonName(full=full)
    assert refused.value.parameters == {"problem": problem}


@pytest.mark.parametrize("changes", [{"titles_before": "x" * 41}, {"titles_after": "S.H. 2"}, {"titles_after": "<b>"}])
def test_titles_are_short_and_of_letters(changes: dict[str, str]) -> None:
    with pytest.raises(NameMalformed) as refused:
        PersonName(full="Rina", **changes)
    assert refused.value.parameters == {"problem": "titles"}
    assert PersonName(full="Rina", titles_after=" S.H.,  M.Kn.").with_titles == "Rina, S.H., M.Kn."


@pytest.mark.parametrize("code", ["", "Sagara", "sagara biru", "-sagara", "x" * 41])
def test_an_agencys_code_fits_into_an_address(code: str) -> None:
    with pytest.raises(FieldMalformed):
        agency(code=code)


def agency(**changes) -> Agency:
    values = {
        "code": "sagara-biru",
        "name": "Pemerintah Kota Sagara Biru",
        "organisation_identifier": "GOV:ID-9999",
        "units": ("Dinas Kesehatan",),
        "city": "Kota Sagara Biru",
        "province": "Nusa Contoh",
        "agreement": CooperationAgreement(number="PKS-1", since=date(2026, 1, 1), until=date(2026, 12, 31)),
    }
    return Agency(**(values | changes))


def test_the_subject_of_a_certificate_never_holds_nik_or_address() -> None:
    subject = certificate_subject(applicant(), agency(), SubscriberNumber("ABCDEFGH23"))
    shown = subject.to_x509().rfc4514_string()
    assert "2.5.4.5=ABCDEFGH23" in shown
    assert "OU=Dinas Kesehatan" in shown
    assert "9999014107900001" not in shown
    assert "@" not in shown


def test_an_agreement_is_in_force_from_its_first_to_its_last_day() -> None:
    joined = agency()
    for day in (date(2026, 1, 1), date(2026, 12, 31)):
        check_agreement(joined, today=day)
        step = timedelta(days=1 if day.month == 12 else -1)
        with pytest.raises(AgreementNotInForce):
            check_agreement(joined, today=day + step)
    with pytest.raises(AgreementNotInForce):
        CooperationAgreement(number="PKS-1", since=date(2026, 1, 2), until=date(2026, 1, 1))


def test_a_unit_is_on_the_agencys_list() -> None:
    check_unit(agency(), "Dinas Kesehatan")
    with pytest.raises(UnitUnknown):
        check_unit(agency(), "Dinas Lain")


def test_a_subscriber_number_is_random_and_short_enough_to_read_out() -> None:
    rng = UnsafeSeededRng(b"numbers")
    drawn = {draw_subscriber_number(rng).text for _ in range(200)}
    assert len(drawn) == 200
    assert all(len(number) == 10 for number in drawn)
    assert str(SubscriberNumber("ABCDEFGH23")) == "ABCDEFGH23"
    for wrong in ("abcdefgh23", "ABCDEFGH2", "9999014107900001", "ABCDEFGH01"):
        with pytest.raises(SubscriberUnknown):
            SubscriberNumber(wrong)
