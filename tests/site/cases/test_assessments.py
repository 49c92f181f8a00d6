"""The assessment of compliance through its pages, from the sample to the report and the follow-up."""

import json
from datetime import date
from uuid import UUID

import pytest
from django.test import Client
from tests.fixtures_instance import bare_instance, instance, office, walk
from tests.site.agreements.test_signing import FACTORS, Both, both
from tests.site.cases.test_reports import enter
from tests.site.cases.test_security import table

from absah.agreements.duties import DutyCode
from absah.agreements.registers import REGISTERS
from absah.cases.assessment import areas_of, drawn
from absah_site import composition
from absah_site.agreements import access as agreements
from absah_site.agreements.actions import signing
from absah_site.cases import access
from absah_site.cases.access.register_tests import measure
from absah_site.enrolment.models import EnrolmentRequest, Subscriber

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
    finding = table("findings", ("audit", "major", "Log disimpan 30 hari.", "Simpan setahun.", "2027-01-31"))
    found = {"act": "assess", **dict.fromkeys(names, "partly"), **finding}
    assert client.post(page, found).status_code == 403
    halved = found | table("findings", ("audit", "major", "Log disimpan 30 hari.", "", ""))
    assert enter(client, "bagas").post(page, halved).status_code == 400
    assert client.post(page, found).status_code == 302
    assert client.post(page, {"act": "deliver"}).status_code == 302
    beside = client.get(f"{page}penilaian/").content.decode()
    for words in (sample["seed"], sample["fingerprints"][0], "100,0", "50,0", "Log disimpan 30 hari. Simpan setahun."):
        assert words in beside
    report = composition.documents().read(case().papers[-1].sha256)
    assert report.startswith(b"%PDF-")
    duty = f"/perjanjian/{both.agreement}/kewajiban/K2-f/2026/"
    assert client.post(duty, {"act": "take"}).headers["Location"] == duty
    answered = enter(client, "rina").post(page, {"act": "answer", "follow-up": "Log disimpan setahun."})
    assert answered.status_code == 302
    assert case().state == "closed"
    opened = agreements.agreement_for(both.rina, both.agreement, now=composition.clock().now())
    (kept,) = agreements.records(opened, REGISTERS["recommendation"])
    assert (kept.value.number, kept.value.priority.value) == (f"{case().number}/1", "high")
    assert kept.value.target == date(2027, 1, 31)
    assert (DutyCode("K1-f"), kept.value.number) in agreements.fulfilments(opened)


def test_the_register_says_by_itself_what_is_wrong(both: Both, client: Client) -> None:
    signing.sign_here(both.agreement, FACTORS, by=both.rina)
    signing.hand_in(both.agreement, both.signed_elsewhere("#"), by=both.second)
    now = composition.clock().now()
    opened = agreements.agreement_for(both.rina, both.agreement, now=now)
    found = {one.test: (one.wrong, one.of) for one in measure(opened, opened.today.year, now=now)}
    assert found["left-and-active"] == (0, 0)
    assert found["own-request"] == (0, 1)
    assert found["one-pair-of-eyes"][0] == 0
    assert found["too-few-verifikators"][1] == 2
    assert found["one-factor"][1] >= 1
    assert "logo-missing" not in found  # nobody has looked yet
    Subscriber.objects.update(state="left", state_at=now, differs_since=now)
    EnrolmentRequest.objects.update(verified_by=both.rina.public_id)
    found = {one.test: (one.wrong, one.of) for one in measure(opened, opened.today.year, now=now)}
    assert found["left-and-active"] == (1, 1)
    assert found["differs"] == (1, 1)
    assert found["own-request"] == (1, 1)


def test_other_cases_have_no_assessment(both: Both, client: Client) -> None:
    signing.sign_here(both.agreement, FACTORS, by=both.rina)
    signing.hand_in(both.agreement, both.signed_elsewhere("#"), by=both.second)
    ticket = {"subject": "x", "class": "integrity", "description": "x", "severity": "normal"}
    page = enter(client, "rina").post(f"/perjanjian/{both.agreement}/kasus/baru/support/", ticket)
    assert client.get(f"{page.headers['Location']}penilaian/").status_code == 404
