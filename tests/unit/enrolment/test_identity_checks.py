"""The list that a machine fills before a verifikator looks."""

from dataclasses import replace
from datetime import date

import pytest
from tests.fixtures_instance import BORN, NIK, agency_value, applicant_value

from absah.enrolment.applicant import EmailAddress, Employment
from absah.enrolment.identity_checks import BY_EYE, Matter, Outcome, Surroundings, assess_application
from absah.enrolment.name_words import words_of
from absah.enrolment.population import FictionalPopulation, NobodyAsked, PopulationAnswer
from absah.kernel.people import Nik, Nip

AROUND = Surroundings(
    agency=agency_value(domains=("sagarabiru.example",)),
    completed=True,
    population=PopulationAnswer.MATCH,
    letter_signed_by="Ratna Widyaningsih",
    has_pictures=True,
    certificate_in_use=False,
    namesakes=0,
)


def outcome(matter: Matter, *, around: Surroundings = AROUND, **changes) -> tuple[Outcome, str]:
    found = {check.matter: check for check in assess_application(applicant_value(**changes), around)}
    assert list(found) == list(Matter)
    return found[matter].outcome, found[matter].detail


def test_a_clean_application_leaves_only_what_eyes_compare() -> None:
    left = {
        check.matter for check in assess_application(applicant_value(), AROUND) if check.outcome is not Outcome.RIGHT
    }
    assert left == set(BY_EYE)


@pytest.mark.parametrize(
    ("matter", "change", "expected"),
    [
        (Matter.NIK, {"completed": False}, (Outcome.LOOK, "")),
        (Matter.ADDRESS, {"agency": agency_value()}, (Outcome.LOOK, "no-domains")),
        (Matter.ADDRESS, {"agency": agency_value(domains=("kota.go.id",))}, (Outcome.LOOK, "")),
        (Matter.POPULATION, {"population": PopulationAnswer.DIFFERS}, (Outcome.WRONG, "differs")),
        (Matter.POPULATION, {"population": PopulationAnswer.NOT_ASKED}, (Outcome.LOOK, "not-asked")),
        (Matter.POPULATION, {"population": PopulationAnswer.UNREACHABLE}, (Outcome.LOOK, "unreachable")),
        (Matter.LETTER, {"letter_signed_by": None}, (Outcome.WRONG, "none")),
        (Matter.LETTER, {"letter_signed_by": ""}, (Outcome.LOOK, "")),
        (Matter.PICTURES, {"has_pictures": False}, (Outcome.WRONG, "")),
        (Matter.ONE_CERTIFICATE, {"certificate_in_use": True}, (Outcome.WRONG, "")),
        (Matter.NAMESAKE, {"namesakes": 2}, (Outcome.LOOK, "2")),
    ],
)
def test_each_thing_that_is_not_right_is_said(matter: Matter, change: dict, expected: tuple[Outcome, str]) -> None:
    assert outcome(matter, around=replace(AROUND, **change)) == expected


def test_a_nip_begins_with_the_birth_date_of_the_nik_and_not_everybody_has_one() -> None:
    assert outcome(Matter.NIP) == (Outcome.RIGHT, "")
    assert outcome(Matter.NIP, nip=Nip("199107012015032001")) == (Outcome.LOOK, "differs")
    assert outcome(Matter.NIP, nip=None, employment=Employment.OTHER) == (Outcome.RIGHT, "none")
    assert outcome(Matter.NIP, nip=None, employment=Employment.ASN) == (Outcome.LOOK, "none")


def test_an_address_below_a_domain_of_the_agency_is_official_and_one_that_only_ends_alike_is_not() -> None:
    below = EmailAddress("rina@diskominfo.sagarabiru.example")
    assert outcome(Matter.ADDRESS, email=below)[0] is Outcome.RIGHT
    alike = EmailAddress("rina@palsu-sagarabiru.example")
    assert outcome(Matter.ADDRESS, email=alike)[0] is Outcome.LOOK


def test_the_double_of_the_population_register_knows_fictional_people_only() -> None:
    double = FictionalPopulation()
    assert double.compare(Nik(NIK), "Rina Ayu Lestari", BORN) is PopulationAnswer.MATCH
    assert double.compare(Nik(NIK), "Rina Ayu Lestari", date(1990, 7, 2)) is PopulationAnswer.DIFFERS
    assert double.compare(Nik(NIK), "Rina Keliru", BORN) is PopulationAnswer.DIFFERS
    assert double.compare(Nik(NIK), "Rina Putus", BORN) is PopulationAnswer.UNREACHABLE
    real = Nik("3174014107900001")
    assert double.compare(real, "Rina", BORN) is PopulationAnswer.UNREACHABLE
    assert NobodyAsked().compare(Nik(NIK), "Rina", BORN) is PopulationAnswer.NOT_ASKED


def test_a_name_is_found_by_words_without_accents_case_or_apostrophes() -> None:
    assert words_of("Dr. René Ma\u2019ruf-AMIN  rené") == ("dr", "rene", "maruf", "amin")
    assert words_of("  ") == ()
    assert len(words_of(" ".join("abcdefghijklmnop"))) == 12
