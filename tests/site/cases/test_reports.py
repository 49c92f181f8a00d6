"""The annual report in one click: figures of the registers, frozen, delivered, computed again and accepted."""

from uuid import UUID

import pytest
from django.test import Client
from tests.fixtures_instance import PASSWORD, bare_instance, instance, office, walk
from tests.site.agreements.test_signing import FACTORS, Both, both

from absah.adapters.usage_report import read_report
from absah.agreements.duties import DutyCode
from absah_site import composition
from absah_site.agreements import access as agreements
from absah_site.agreements.actions import signing
from absah_site.cases import access
from absah_site.cases.access.letters import LetterUnknown
from absah_site.cases.actions import signing as case_signing
from absah_site.jobs import actions as jobs

__all__ = ["bare_instance", "both", "instance", "office", "walk"]

pytestmark = pytest.mark.django_db


def enter(client: Client, username: str) -> Client:
    client.post("/keluar/")
    client.post("/masuk/", {"username": username, "password": PASSWORD})
    return client


def test_a_report_goes_from_the_registers_to_the_other_party(both: Both, client: Client, walk) -> None:
    signing.sign_here(both.agreement, FACTORS, by=both.rina)
    signing.hand_in(both.agreement, both.signed_elsewhere("#"), by=both.second)
    walk.instance.clock.moment = walk.instance.clock.moment.replace(year=2027, month=1, day=11)
    form = f"/perjanjian/{both.agreement}/kasus/baru/usage-report/"
    assert enter(client, "bagas").post(form, {"subject": "Laporan", "year": "2026"}).status_code == 403
    made = enter(client, "rina").post(form, {"subject": "Laporan 2026", "year": "2026"})
    page = made.headers["Location"]
    frozen = client.post(page, {"act": "freeze", "outlook": "Berjalan baik.", "incidents": ""})
    assert frozen.headers["Location"] == page

    def opened():
        return access.case_for(both.rina, both.agreement, UUID(page.split("/")[4]), now=walk.instance.clock.now())

    assert "sedang disusun" in client.get(page).content.decode()
    with pytest.raises(LetterUnknown):  # there is nothing to sign yet
        case_signing.sign_here(opened(), "sign", FACTORS, by=both.rina)
    jobs.run_due()
    assert [paper.what for paper in opened().case.papers] == ["workbook", "data", "letter"]
    assert "sedang disusun" not in client.get(page).content.decode()
    data = read_report(composition.documents().read(opened().case.papers[-1].sha256))
    measures = {row.measure: row.count for row in data.rows if row.month == "2026-11"}
    assert measures["certificates.issued"] == 1
    assert measures["signatures.signed"] >= 1
    assert measures["requests.received"] == 1
    assert data.signers == 1
    assert [one.total for one in data.lists] == [1, 1]
    assert data.lists[1].lines[0][0] == "Dr. Rina Ayu Lestari, M.Kom."
    assert client.post(page, {"act": "deliver"}).status_code == 409  # not before it is signed
    case_signing.sign_here(opened(), "sign", FACTORS, by=both.rina)
    assert client.post(page, {"act": "deliver"}).status_code == 302
    assert enter(client, "bagas").post(page, {"act": "accept"}).status_code == 409  # not before its receipt
    assert client.post(page, {"act": "receive", "agenda": "A-12"}).status_code == 302
    assert client.post(page, {"act": "accept"}).status_code == 302
    duty = f"/perjanjian/{both.agreement}/kewajiban/K1-g/2026/"
    assert enter(client, "rina").post(duty, {"act": "take"}).headers["Location"] == duty
    found = agreements.agreement_for(both.rina, both.agreement, now=walk.instance.clock.now())
    assert agreements.fulfilments(found)[DutyCode("K1-g"), "2026"].state == "submitted"


def test_a_month_that_runs_is_not_reported_and_a_report_of_another_year_is_not_accepted(
    both: Both, client: Client
) -> None:
    signing.sign_here(both.agreement, FACTORS, by=both.rina)
    signing.hand_in(both.agreement, both.signed_elsewhere("#"), by=both.second)
    form = f"/perjanjian/{both.agreement}/kasus/baru/usage-report/"
    page = enter(client, "rina").post(form, {"subject": "Laporan", "year": "2027"}).headers["Location"]
    refused = client.post(page, {"act": "freeze"})
    assert refused.status_code == 422
    case = access.case_for(both.rina, both.agreement, UUID(page.split("/")[4]), now=composition.clock().now()).case
    assert (case.state, case.papers) == ("draft", ())  # nothing was half made
    assert client.post(form, {"subject": "Laporan", "year": "dua"}).status_code == 200
    before = client.post(form, {"subject": "Laporan", "year": "3"})
    assert before.status_code == 400
    assert "tahun 3 lebih awal" in before.content.decode()
