"""Who concludes an agreement and who may sign for it on a given day."""

from dataclasses import replace
from datetime import date

import pytest
from tests.fakes.agreements import FIRST_SIGNER, ISSUER, MINISTRY_PARTIES, PROVINCE_PARTIES

from absah.agreements.events import SignerSeen
from absah.agreements.parties import (
    AnchorNotOneCharacter,
    AnchorsCollide,
    ByOffice,
    ByPowerOfAttorney,
    Contact,
    DatedName,
    NobodyMaySign,
    Parties,
    PartyUnnamed,
    PeriodReversed,
    Representative,
    Role,
    RoleUnknown,
    Span,
    name_on,
)
from absah.agreements.signatures import (
    AuthorityNotInForce,
    SignerNotNamed,
    WrongAnchor,
    check_signer,
    same_person,
)

FIRST = PROVINCE_PARTIES.first


def test_names_hold_from_their_day_on():
    assert name_on(ISSUER, date(2024, 12, 31)) == "Balai Sertifikasi Contoh"
    assert name_on(ISSUER, date(2025, 1, 1)) == "Balai Besar Sertifikasi Contoh"
    assert name_on(ISSUER, date(2000, 1, 1)) == "Balai Sertifikasi Contoh"


def test_a_power_of_attorney_ends_and_a_successor_takes_over():
    successor = Representative(
        name="Sari Puspita", post="Asisten Pemerintahan", authority=ByOffice(), span=Span(first=date(2024, 2, 1))
    )
    after = replace(FIRST, representatives=(*FIRST.representatives, successor))

    assert after.representative_on(date(2023, 5, 8)).name == FIRST_SIGNER
    assert after.representative_on(date(2024, 2, 1)).name == "Sari Puspita"
    with pytest.raises(NobodyMaySign):
        after.representative_on(date(2024, 1, 15))


def test_of_two_who_may_sign_the_one_appointed_last_is_asked():
    acting = Representative(name="Plt", post="Plt. Asisten", authority=ByOffice(), span=Span(first=date(2023, 6, 1)))
    assert (
        replace(FIRST, representatives=(*FIRST.representatives, acting)).representative_on(date(2023, 7, 1)).name
        == "Plt"
    )


def test_a_power_of_attorney_gives_nothing_before_its_own_date():
    with pytest.raises(PeriodReversed):
        Representative(
            name="Sari",
            post="Asisten",
            authority=ByPowerOfAttorney(granted_by="Gubernur", dated=date(2023, 4, 17)),
            span=Span(first=date(2023, 4, 1)),
        )


def test_a_period_does_not_end_before_it_begins():
    with pytest.raises(PeriodReversed):
        Span(first=date(2024, 1, 2), last=date(2024, 1, 1))
    assert date(2030, 1, 1) in Span(first=date(2024, 1, 1))
    assert date(2024, 1, 2) not in Span(first=date(2024, 1, 1), last=date(2024, 1, 1))


def test_a_party_has_a_name_a_representative_a_contact_and_one_character_for_an_anchor():
    for anchor in ("", "$$", " ", "\n"):
        with pytest.raises(AnchorNotOneCharacter):
            replace(FIRST, anchor=anchor)
    for field in ("names", "representatives"):
        with pytest.raises(PartyUnnamed):
            replace(FIRST, **{field: ()})
    for field in ("name", "post"):
        with pytest.raises(PartyUnnamed):
            replace(FIRST.representatives[0], **{field: " "})
    with pytest.raises(PartyUnnamed):
        DatedName(name="", since=date(2020, 1, 1))
    for empty in ({"unit": ""}, {"address": " "}):
        with pytest.raises(PartyUnnamed):
            replace(FIRST.contact, **empty)
    assert Contact(unit="a", address="b").email == ""


def test_the_parties_stand_in_their_order_with_different_anchors():
    second = PROVINCE_PARTIES.second
    with pytest.raises(AnchorsCollide):
        Parties(first=FIRST, second=replace(second, anchor="$"))
    with pytest.raises(RoleUnknown):
        Parties(first=second, second=FIRST)
    assert PROVINCE_PARTIES[Role.SECOND] is second
    assert Role.FIRST.other is Role.SECOND


def seen(name: str = FIRST_SIGNER, anchor: str = "$") -> SignerSeen:
    return SignerSeen(name=name, certificate="01", anchor=anchor)


def test_the_certificate_must_name_the_representative_while_his_authority_is_in_force_at_his_anchor():
    signing_day = date(2023, 5, 8)
    check_signer(FIRST, seen(), signing_day)
    check_signer(FIRST, seen("RATNA  widyaningsih"), signing_day)
    with pytest.raises(SignerNotNamed):
        check_signer(FIRST, seen("Bagas Wirayudha"), signing_day)
    for day in (date(2023, 4, 16), date(2024, 1, 1)):
        with pytest.raises(AuthorityNotInForce):
            check_signer(FIRST, seen(), day)
    with pytest.raises(WrongAnchor):
        check_signer(FIRST, seen(anchor="#"), signing_day)


def test_dots_of_initials_and_case_do_not_make_another_person_but_letters_do():
    assert same_person("A.B. SUKMA WIBAWA", "a. b. Sukma Wibawa")
    assert not same_person("Sukma Wibawa", "A.B. Sukma Wibowo")
    assert not same_person("", " ")


def test_party_and_issuer_are_two_roles():
    assert MINISTRY_PARTIES.second.name_on(date(2024, 1, 1)) != name_on(ISSUER, date(2024, 1, 1))
