"""One door: what leaves, for whom, on which ground; during the term and after it."""

from dataclasses import replace
from datetime import date, timedelta

import pytest

from absah.agreements.confidentiality import (
    Classification,
    Consent,
    ConsentUnfounded,
    DisclosureUnlawfulBasis,
    DisclosureWithoutConsent,
    Export,
    Ground,
    NotForThisParty,
    RequiredByLaw,
    ToOutsider,
    ToParty,
    classified,
    open_door,
)
from absah.agreements.parties import Role

TODAY = date(2026, 11, 20)
LONG_AFTER = date(2031, 1, 1)  # both agreements are over by then
REPORT = Export(
    subject="laporan pemanfaatan 2025",
    classification=Classification.PARTIES,
    by=Role.FIRST,
    recipient=ToOutsider(name="Universitas Contoh"),
    on=TODAY,
)
CONSENT = Consent(
    by=Role.SECOND,
    subject=REPORT.subject,
    recipient="Universitas Contoh",
    letter="S-88/2026",
    given_on=date(2026, 1, 1),
)


@pytest.mark.parametrize("day", [TODAY, LONG_AFTER])
def test_nothing_confidential_reaches_an_outsider_without_the_other_party_s_consent_not_even_after_the_end(day):
    export = replace(REPORT, on=day)
    with pytest.raises(DisclosureWithoutConsent):
        open_door(export, ())
    passage = open_door(export, (CONSENT,))
    assert (passage.ground, passage.letter) == (Ground.CONSENT, "S-88/2026")


@pytest.mark.parametrize(
    "changed",
    [
        {"by": Role.FIRST},
        {"subject": "laporan pemanfaatan 2024"},
        {"recipient": "Universitas Lain"},
        {"given_on": TODAY + timedelta(days=1)},
        {"until": TODAY - timedelta(days=1)},
        {"withdrawn_on": TODAY},
    ],
)
def test_a_consent_is_for_exactly_this_by_the_other_party_and_current(changed):
    with pytest.raises(DisclosureWithoutConsent):
        open_door(REPORT, (replace(CONSENT, **changed),))
    kept = replace(CONSENT, until=TODAY, withdrawn_on=TODAY + timedelta(days=1))
    assert open_door(REPORT, (replace(CONSENT, **changed), kept)).ground is Ground.CONSENT


def test_the_parties_share_what_is_theirs_and_an_owner_keeps_the_rest():
    other = replace(REPORT, recipient=ToParty(role=Role.SECOND))
    assert open_door(other, ()).ground is Ground.BETWEEN_PARTIES
    with pytest.raises(NotForThisParty):
        open_door(replace(other, classification=Classification.OWNER), ())
    own = replace(other, recipient=ToParty(role=Role.FIRST), classification=Classification.OWNER)
    assert open_door(own, ()).ground is Ground.OWN
    assert not CONSENT.covers(other)


def test_what_is_public_or_compelled_by_a_named_law_passes():
    assert open_door(replace(REPORT, classification=Classification.PUBLIC), ()).ground is Ground.PUBLIC
    law = replace(REPORT, law=RequiredByLaw(rule="UU 14/2008 Pasal 11"))
    assert open_door(law, ()).ground is Ground.LAW
    with pytest.raises(DisclosureUnlawfulBasis):
        open_door(replace(REPORT, law=RequiredByLaw(rule=" ")), ())


def test_a_consent_is_written_and_says_what_for():
    for field in ("letter", "subject", "recipient"):
        with pytest.raises(ConsentUnfounded):
            replace(CONSENT, **{field: ""})


def test_a_wish_can_only_make_a_classification_stricter():
    assert classified("certificate-policy") is Classification.PUBLIC
    assert classified("certificate-policy", wish=Classification.PARTIES) is Classification.PARTIES
    assert classified("usage-report", wish=Classification.PUBLIC) is Classification.PARTIES
    assert classified("usage-report", wish=Classification.OWNER) is Classification.OWNER
    assert classified("something new") is Classification.PARTIES
