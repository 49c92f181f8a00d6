"""A ticket answered with an expert statement that the certification body signs elsewhere and hands in."""

from uuid import UUID

import pytest
from django.test import Client
from tests.fixtures_instance import NIK, bare_instance, instance, office, walk
from tests.site.agreements.test_signing import FACTORS, Both, both
from tests.site.cases.test_reports import enter
from tests.site.cases.test_tickets import TICKET

from absah.agreements.signatures import WrongAnchor
from absah.kernel.people import Nik
from absah.signing.levels import Level
from absah.signing.placement import AtAnchor
from absah_site import composition
from absah_site.agreements.actions import signing
from absah_site.cases import access
from absah_site.cases.actions import signing as case_signing
from absah_site.signing.actions import SigningOrder, sign_for_subscriber

__all__ = ["bare_instance", "both", "instance", "office", "walk"]

pytestmark = pytest.mark.django_db


def test_a_statement_is_typeset_signed_at_its_anchor_and_kept_with_the_ticket(both: Both, client: Client) -> None:
    signing.sign_here(both.agreement, FACTORS, by=both.rina)
    signing.hand_in(both.agreement, both.signed_elsewhere("#"), by=both.second)
    page = enter(client, "rina").post(f"/perjanjian/{both.agreement}/kasus/baru/support/", TICKET).headers["Location"]
    identifier = UUID(page.split("/")[4])

    def opened():
        return access.case_for(both.second, both.agreement, identifier, now=composition.clock().now())

    def signed(anchor: str) -> bytes:
        order = SigningOrder(
            document=case_signing.document_to_sign(opened()),
            nik=Nik(NIK),
            factors=FACTORS,
            application="test",
            placement=AtAnchor(text=anchor) if anchor == "#" else AtAnchor(text="Tiket"),
            level=Level.B_LT,
        )
        return sign_for_subscriber(order).document

    said = {"act": "state", "expert": "Dr. Ahli, Sandiman", "statement": "Isi berubah setelah ditandatangani."}
    assert enter(client, "bagas").post(page, said).status_code == 409  # it accompanies an answer
    client.post(page, {"act": "answer", "answer": "Berubah", "cause": "document-changed"})
    assert client.post(page, said).status_code == 302
    with pytest.raises(WrongAnchor):
        case_signing.hand_in(both.agreement, identifier, "sign-statement", signed("lain"), by=both.second)
    case_signing.hand_in(both.agreement, identifier, "sign-statement", signed("#"), by=both.second)
    case = opened().case
    assert [paper.what for paper in case.papers] == ["letter", "verification", "signed"]
    assert case.state == "answered"
