from dataclasses import replace

import pytest
from cryptography import x509
from cryptography.x509.oid import NameOID
from hypothesis import given
from hypothesis import strategies as st
from tests.fixtures_pki import ISSUING_NAME, MACHINE_NAME, PERSON_NAME, SEAL_NAME, SERVER_NAME

from absah.pki.names import (
    AuthorityName,
    IndividualName,
    NameHoldsNik,
    NameUnreadable,
    NameValueRefused,
    OrganisationIdentifierRefused,
    PersonNameMissing,
    SealName,
)

SUWITRO = replace(PERSON_NAME, common_name="SUWITRO", given_name="SUWITRO", surname=None)
FAMILY = replace(PERSON_NAME, common_name="Contoh", given_name=None, surname="Contoh")


@pytest.mark.parametrize("name", [ISSUING_NAME, PERSON_NAME, SEAL_NAME, SUWITRO, FAMILY])
def test_a_name_comes_back_from_its_certificate_form(name) -> None:
    assert type(name).from_x509(name.to_x509()) == name


ABROAD = replace(PERSON_NAME, common_name="Ćiril Ωmega 名", units=("Dinas Pendidikan", "Bidang Ñ"))


@pytest.mark.parametrize(
    "name", [ISSUING_NAME, PERSON_NAME, SEAL_NAME, SERVER_NAME, MACHINE_NAME, SUWITRO, FAMILY, ABROAD]
)
def test_a_name_in_der_is_the_one_that_the_library_writes(name) -> None:
    assert name.to_der() == name.to_x509().public_bytes()


@pytest.mark.parametrize("name", [ISSUING_NAME, SEAL_NAME, SERVER_NAME, MACHINE_NAME, SUWITRO, FAMILY, ABROAD])
def test_a_name_as_text_is_the_one_that_the_library_writes(name) -> None:
    assert name.to_text() == name.to_x509().rfc4514_string()


@given(st.text(alphabet=st.sampled_from('#\\"+,;<>= aΩ名'), min_size=1, max_size=12).map(str.strip).filter(bool))
def test_what_has_a_meaning_in_a_name_as_text_is_escaped(value) -> None:
    name = replace(PERSON_NAME, common_name=value, organisation=value, units=(value,))
    assert name.to_text() == name.to_x509().rfc4514_string()


def test_a_person_with_one_name_has_one_name() -> None:
    attributes = SUWITRO.to_x509()
    assert attributes.get_attributes_for_oid(NameOID.SURNAME) == []
    assert attributes.get_attributes_for_oid(NameOID.GIVEN_NAME)[0].value == "SUWITRO"


def test_a_person_without_given_name_and_surname_is_refused() -> None:
    with pytest.raises(PersonNameMissing):
        replace(PERSON_NAME, given_name=None, surname=None)


def test_the_country_is_indonesia_and_a_printable_string() -> None:
    attribute = next(iter(PERSON_NAME.to_x509()))
    assert (attribute.oid, attribute.value, attribute._type.name) == (NameOID.COUNTRY_NAME, "ID", "PrintableString")


@pytest.mark.parametrize(
    ("changes", "problem"),
    [
        ({"common_name": "x" * 65}, "too-long"),
        ({"province": "x" * 129}, "too-long"),
        ({"organisation": ""}, "blank"),
        ({"locality": " Kota"}, "blank"),
        ({"given_name": "Siti\nCN=Root"}, "control-character"),
        ({"surname": "Si\u202eti"}, "control-character"),
        ({"subscriber_number": "nomor_7"}, "not-printable-string"),
        ({"units": ("x",) * 9}, "too-many"),
        ({"units": ("",)}, "blank"),
    ],
)
def test_a_value_that_does_not_fit_is_refused_with_the_field(changes, problem: str) -> None:
    with pytest.raises(NameValueRefused) as caught:
        replace(PERSON_NAME, **changes)
    assert caught.value.parameters["problem"] == problem
    assert caught.value.parameters["field"] == next(iter(changes))


@pytest.mark.parametrize(
    "changes",
    [
        {"subscriber_number": "9999014107850001"},
        {"units": ("NIK 9999014107850001",)},
        {"common_name": "Siti (9999014107850001)"},
    ],
)
def test_a_nik_never_enters_a_certificate(changes) -> None:
    with pytest.raises(NameHoldsNik) as caught:
        replace(PERSON_NAME, **changes)
    assert "9999014107850001" not in str(caught.value)


@pytest.mark.parametrize("digits", ["9999990199850001", "99990141078500012", "12345"])
def test_other_numbers_may(digits: str) -> None:
    assert replace(PERSON_NAME, subscriber_number=digits).subscriber_number == digits


@pytest.mark.parametrize("identifier", ["NTRID-0009999", "VATID-01.234", "GO:ID-77", "LEIXG-" + "A" * 20, "PSDID-BI-1"])
def test_an_organisation_identifier_has_type_country_and_reference(identifier: str) -> None:
    assert replace(SEAL_NAME, organisation_identifier=identifier).organisation_identifier == identifier


@pytest.mark.parametrize("identifier", ["0009999", "ntrID-1", "NTRID-", "NTRID 1", "LEIXG-1", "NTRID-a b"])
def test_an_organisation_identifier_of_another_form_is_refused(identifier: str) -> None:
    with pytest.raises(OrganisationIdentifierRefused):
        replace(SEAL_NAME, organisation_identifier=identifier)


def test_an_organisation_identifier_is_not_the_name_again() -> None:
    with pytest.raises(OrganisationIdentifierRefused):
        replace(SEAL_NAME, organisation="NTRID-0009999")


def name(*attributes: tuple[x509.ObjectIdentifier, str]) -> x509.Name:
    return x509.Name([x509.NameAttribute(identifier, value) for identifier, value in attributes])


C, O, CN = (NameOID.COUNTRY_NAME, "ID"), (NameOID.ORGANIZATION_NAME, "Absah"), (NameOID.COMMON_NAME, "Akar")  # noqa: E741


@pytest.mark.parametrize(
    "foreign",
    [
        name(O, CN),
        name((NameOID.COUNTRY_NAME, "NL"), O, CN),
        name(C, O),
        name(C, O, CN, CN),
        name(C, O, CN, (NameOID.TITLE, "Kepala")),
        x509.Name(
            [x509.NameAttribute(NameOID.X500_UNIQUE_IDENTIFIER, b"\x00\x01", _type=x509.name._ASN1Type.BitString)]
        ),
    ],
)
def test_a_name_of_another_kind_is_not_read(foreign: x509.Name) -> None:
    with pytest.raises(NameUnreadable):
        AuthorityName.from_x509(foreign)


def test_one_kind_of_name_is_not_read_as_another() -> None:
    for kind, other in ((IndividualName, SEAL_NAME), (SealName, PERSON_NAME), (AuthorityName, PERSON_NAME)):
        with pytest.raises(NameUnreadable):
            kind.from_x509(other.to_x509())
