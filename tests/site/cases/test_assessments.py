"""The assessment of compliance through its pages, from the sample to the report and the follow-up."""

import json
from uuid import UUID

import pytest
from django.test import Client
from tests.fixtures_instance import bare_instance, instance, office, walk
from tests.site.agreements.test_signing import FACTORS, Both, both
from tests.site.cases.test_reports import enter

from absah.cases.assessment import areas_of, drawn
from absah_site import composition
from absah_site.agreements.actions import signing
from absah_site.cases import access

__all__ = ["bare_instance", "both", "instance", "office", "walk"]

pytestmark = pytest.mark.django_db


def test_an_assessment_goes_from_a_sample_to_its_report_and_the_follow_up(both: Both, client: Client) -> None:
    signing.sign_here(both.agreement, FACTORS, by=both.rina)
    signing.hand_in(both.agreement, both.signed_elsewhere("#"), by=both.second)
    form = f"/perjanjian/{both.agreement}/kasus/baru/compliance/"
    new = {"subject": "Penilaian 2026", "year": "2026", "assessor": "Tim Penilai"}
    assert enter(client, "rina").post(form, new).status_code == 403  # nobody assesses oneself
    page = enter(client, "bagas").post(form, new).headers["Location"]
    assert client.post(page, {"act": "draw"}).status_code == 302

    def case():
        return access.case_for(both.rina, both.agreement, UUID(page.split("/")[4]), now=composition.clock().now()).case

    sample = json.loads(composition.documents().read(case().papers[0].sha256))
    assert (sample["of"], len(sample["fingerprints"])) == (1, 1)
    assert list(drawn(sample["fingerprints"], sample["seed"], 10)) == sample["fingerprints"]
    names = [area.name for area in areas_of(case())]
    own = {"act": "assess-self", **{f"self-{name}": "meets" for name in names}}
    assert enter(client, "rina").post(page, own).status_code == 302
    finding = {"finding-audit": "Log disimpan 30 hari.", "due": "2027-01-31"}
    found = {"act": "assess", **dict.fromkeys(names, "partly"), **finding}
    assert client.post(page, found).status_code == 403
    assert enter(client, "bagas").post(page, found).status_code == 302
    assert client.post(page, {"act": "deliver"}).status_code == 302
    report = composition.documents().read(case().papers[-1].sha256)
    assert report.startswith(b"%PDF-")
    duty = f"/perjanjian/{both.agreement}/kewajiban/K2-f/2026/"
    assert client.post(duty, {"act": "take"}).headers["Location"] == duty
    answered = enter(client, "rina").post(page, {"act": "answer", "follow-up": "Log disimpan setahun."})
    assert answered.status_code == 302
    assert case().state == "closed"
