"""An agreement is drafted through the pages and signed by both at their anchors; what does not bind is refused."""

from dataclasses import replace
from datetime import date
from uuid import UUID

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from tests.fakes.agreements import ISSUER, MINISTRY_PARTIES, at
from tests.fixtures_instance import NIK, PASSPHRASE, PASSWORD, Walk, bare_instance, instance, office, walk

from absah.agreements.drafting import draft_from_model
from absah.agreements.parties import ByOffice, Representative, Span
from absah.agreements.parties import Role as Side
from absah.agreements.signatures import SignerNotNamed, WrongAnchor
from absah.kernel.people import Nik
from absah.signing.factors import Factors, Secret
from absah.signing.levels import Level
from absah.signing.placement import AtAnchor
from absah_site.accounts.access import account
from absah_site.accounts.actions import grant_role
from absah_site.actors import Account, Operator
from absah_site.agreements import access
from absah_site.agreements.actions import life, signing
from absah_site.agreements.actions.life import NotYourSide
from absah_site.agreements.actions.papers import Upload
from absah_site.agreements.actions.seen import NotOurDocument, SignatureNotGood
from absah_site.agreements.actions.signing import NobodysTurn
from absah_site.enrolment import access as enrolment
from absah_site.roles import Role
from absah_site.signing.actions import SigningOrder, sign_for_subscriber

__all__ = ["bare_instance", "instance", "office", "walk"]

TODAY = date(2026, 11, 20)
FACTORS = Factors(passphrase=Secret(PASSPHRASE))
RINA = Representative(name="Rina Ayu Lestari", post="Kepala Dinas", authority=ByOffice(), span=Span(first=TODAY))

pytestmark = pytest.mark.django_db


class Both:
    """Rina holds the key and signs for the agency; an officer of the certification body hands in."""

    def __init__(self, walk: Walk, model: str = "kementerian") -> None:
        walk.activated()
        operator, clock = Operator(name="test"), walk.instance.clock
        self.clock = clock
        agency = str(walk.office.agency)
        person = enrolment.subscriber_with_nik(Nik(NIK)).user
        assert person is not None
        grant_role(person, Role.AGREEMENT_OFFICER, by=operator, clock=clock, agency=agency)
        self.rina = account(person, now=clock.now())
        self.second = walk.instance.officer("bagas", Role.AGREEMENT_OFFICER)
        parties = replace(
            MINISTRY_PARTIES,
            first=replace(MINISTRY_PARTIES.first, representatives=(RINA,)),
            second=replace(MINISTRY_PARTIES.second, representatives=(RINA,)),
        )
        drafted = draft_from_model(model, parties=parties, issuer=ISSUER, on=TODAY, now=at(TODAY))
        self.agreement = life.draft(drafted, agency=agency, by=self.rina)

    def opened(self, actor: Account) -> access.OpenedAgreement:
        return access.agreement_for(actor, self.agreement, now=max(self.clock.now(), at(TODAY, 16)))

    def signed_elsewhere(self, anchor: str) -> Upload:
        document = signing.present_document(self.opened(self.second))
        order = SigningOrder(
            document=document,
            nik=Nik(NIK),
            factors=FACTORS,
            application="test",
            placement=AtAnchor(text=anchor),
            level=Level.B_LT,
        )
        return Upload(name="x.pdf", content=sign_for_subscriber(order).document)


@pytest.fixture
def both(walk: Walk) -> Both:
    return Both(walk)


def test_both_sign_in_order_and_the_agreement_is_in_force(both: Both) -> None:
    with pytest.raises(NotYourSide):
        signing.hand_in(both.agreement, both.signed_elsewhere("#"), by=both.second)
    signing.sign_here(both.agreement, FACTORS, by=both.rina)
    signing.hand_in(both.agreement, both.signed_elsewhere("#"), by=both.second)
    found = both.opened(both.rina)
    assert [state.state for state in found.states] == ["in-force"]
    assert [each.signer.anchor for each in found.agreement.signatures] == ["$", "#"]
    assert all(each.signer.certificate for each in found.agreement.signatures)
    with pytest.raises(NobodysTurn):
        signing.sign_here(both.agreement, FACTORS, by=both.rina)


def test_a_signature_at_the_other_anchor_or_on_another_file_binds_nobody(both: Both, walk: Walk) -> None:
    signing.sign_here(both.agreement, FACTORS, by=both.rina)
    with pytest.raises(WrongAnchor):
        signing.hand_in(both.agreement, both.signed_elsewhere("$"), by=both.second)
    with pytest.raises(NotOurDocument):
        signing.hand_in(both.agreement, Upload(name="x.pdf", content=b"%PDF-1.7 another"), by=both.second)
    present = signing.present_document(both.opened(both.second))
    with pytest.raises(SignatureNotGood):
        signing.hand_in(both.agreement, Upload(name="x.pdf", content=present), by=both.second)
    assert len(both.opened(both.rina).agreement.signatures) == 1


def test_who_is_not_the_representative_is_refused_before_a_key_is_used(both: Both, walk: Walk) -> None:
    other = replace(RINA, name="Orang Lain")
    parties = replace(
        MINISTRY_PARTIES,
        first=replace(MINISTRY_PARTIES.first, number="71", representatives=(other,)),
        second=replace(MINISTRY_PARTIES.second, number="PERJ.207"),
    )
    drafted = draft_from_model("daerah", parties=parties, issuer=ISSUER, on=TODAY, now=at(TODAY))
    identifier = life.draft(drafted, agency=str(walk.office.agency), by=both.rina)
    with pytest.raises(SignerNotNamed):
        signing.sign_here(identifier, FACTORS, by=both.rina)


def test_the_pages_lead_from_the_draft_to_the_signature(both: Both, walk: Walk, client: Client) -> None:
    client.post("/masuk/", {"username": "rina", "password": PASSWORD})
    page = client.get(f"/perjanjian/{both.agreement}/tanda-tangan/").content.decode()
    assert "Giliran pihak Anda" in page
    pdf = client.get(f"/perjanjian/{both.agreement}/perjanjian.pdf")
    assert pdf.content.startswith(b"%PDF-")
    unread = client.post(f"/perjanjian/{both.agreement}/tanda-tangan/", {"act": "sign", "passphrase": PASSPHRASE})
    assert unread.status_code == 200
    wrong = client.post(
        f"/perjanjian/{both.agreement}/tanda-tangan/", {"act": "sign", "passphrase": "salah sekali", "agreed": "on"}
    )
    assert wrong.status_code == 403
    assert "salah sekali" not in wrong.content.decode()
    done = client.post(
        f"/perjanjian/{both.agreement}/tanda-tangan/", {"act": "sign", "passphrase": PASSPHRASE, "agreed": "on"}
    )
    assert done.headers["Location"] == f"/perjanjian/{both.agreement}/"
    assert len(both.opened(both.rina).agreement.signatures) == 1


def test_an_agreement_that_was_signed_before_is_taken_over_with_its_report(both: Both, client: Client) -> None:
    client.post("/masuk/", {"username": "rina", "password": PASSWORD})
    elsewhere = both.signed_elsewhere("$")
    form = f"/perjanjian/{both.agreement}/sudah-ditandatangani/"
    assert client.get(form).status_code == 200
    done = client.post(form, {"file": SimpleUploadedFile("pks.pdf", elsewhere.content), "signed_on": "2023-05-15"})
    assert done.headers["Location"] == f"/perjanjian/{both.agreement}/"
    found = both.opened(both.rina)
    assert found.agreement.signed_on == date(2023, 5, 15)
    assert client.get(f"/perjanjian/{both.agreement}/perjanjian.pdf").content == elsewhere.content


def _party(prefix: str, number: str) -> dict[str, str]:
    fields = {
        "party": f"Pihak {prefix}",
        "seat": "Jalan Contoh 1",
        "number": number,
        "anchor": "$" if prefix == Side.FIRST else "#",
        "on": "2026-11-01",
        "name": "Rina Ayu Lestari",
        "post": "Kepala",
        "contact_unit": "Tata Usaha",
        "contact_address": "Jalan Contoh 1",
    }
    return {f"{prefix}-{name}": value for name, value in fields.items()}


def test_a_draft_is_made_from_a_model_and_copied_to_a_new_one(both: Both, walk: Walk, client: Client) -> None:
    client.post("/masuk/", {"username": "rina", "password": PASSWORD})
    agency = str(walk.office.agency)
    assert client.get("/perjanjian/baru/").status_code == 200
    shared = {"agency": agency, "on": "2026-11-20", "issuer": "Balai Uji"}
    first = client.post(
        "/perjanjian/baru/",
        {**shared, "begins_with": "model:daerah", **_party("first", "1/A"), **_party("second", "1/B")},
    )
    made = UUID(first.headers["Location"].split("/")[2])
    second = client.post(
        "/perjanjian/baru/",
        {**shared, "begins_with": f"copy:{made}", **_party("first", "2/A"), **_party("second", "2/B")},
    )
    copied = access.agreement_for(both.rina, UUID(second.headers["Location"].split("/")[2]), now=at(TODAY))
    assert copied.agreement.model.name == "daerah"
    twice = client.post(
        "/perjanjian/baru/",
        {**shared, "begins_with": "model:daerah", **_party("first", "1/A"), **_party("second", "3/B")},
    )
    assert twice.status_code == 409
    assert "1/A" in twice.content.decode()
    bare = {**shared, "begins_with": "model:daerah", **_party("first", "4/A"), **_party("second", "4/B")}
    unnamed = client.post("/perjanjian/baru/", bare | {"first-anchor": "#"})
    assert unnamed.status_code == 422
