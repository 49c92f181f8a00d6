"""A procedure through its pages: written, assisted, reviewed, signed, in force, revised, compared."""

from uuid import UUID

import pytest
from django.test import Client
from tests.fixtures_instance import bare_instance, instance, office, walk
from tests.site.agreements.test_signing import FACTORS, Both, both
from tests.site.cases.test_reports import enter

from absah_site import composition
from absah_site.agreements.actions import signing
from absah_site.cases import access
from absah_site.cases.actions import signing as case_signing

__all__ = ["bare_instance", "both", "instance", "office", "walk"]

pytestmark = pytest.mark.django_db

TEXT = {"act": "write", "name": "Penerbitan", "number": "SOP/1", "unit": "Dinas", "actors": "Pemohon\nVerifikator"}
FLOW = [
    ["start", "Mengajukan permohonan", "Pemohon", "Surat", "10 menit", "Permohonan", "", ""],
    ["decision", "Apakah lengkap?", "Verifikator", "Surat", "10 menit", "Keputusan", "1", ""],
    ["end", "Menyimpan bukti", "Verifikator", "", "5 menit", "Arsip", "", ""],
]


def flow(rows: list[list[str]]) -> dict[str, str]:
    """The rows of the table as a browser sends them."""
    cells = {f"flow-{at}-{place}": cell for at, row in enumerate(rows) for place, cell in enumerate(row)}
    return {"flow-rows": str(len(rows)), **cells}


def test_a_procedure_is_written_with_help_reviewed_signed_and_revised(both: Both, client: Client) -> None:
    signing.sign_here(both.agreement, FACTORS, by=both.rina)
    signing.hand_in(both.agreement, both.signed_elsewhere("#"), by=both.second)
    new = {"subject": "SOP penerbitan", "name": "Penerbitan", "number": "SOP/1", "unit": "Dinas"}
    page = enter(client, "rina").post(f"/perjanjian/{both.agreement}/kasus/baru/procedure/", new).headers["Location"]
    identifier = UUID(page.split("/")[4])

    def opened():
        return access.case_for(both.rina, both.agreement, identifier, now=composition.clock().now())

    assert client.post(page, {"act": "submit"}).status_code == 400  # there is no flow yet
    assert client.post(page, TEXT | flow([FLOW[0], FLOW[1]])).status_code == 400  # nor one that ends
    assert client.post(page, TEXT | flow(FLOW)).status_code == 302
    assert 'value="Mengajukan permohonan"' in client.get(page).content.decode()  # it is there to be gone on with
    assert client.post(page, {"act": "ask-help", "question": "Bagaimana pencabutan?"}).status_code == 302
    helped = {"act": "help", "session": "2026-11-20T10:00", "advisers": "Bagas", "advice": "Tambahkan pencabutan"}
    assert enter(client, "bagas").post(page, helped).status_code == 302
    assert opened().case.proven == ("K2-c",)
    assert enter(client, "rina").post(page, {"act": "submit"}).status_code == 302
    returned = {"act": "return", "comments-rows": "1", "comments-0-0": "Peringatan", "comments-0-1": "kosong"}
    assert enter(client, "bagas").post(page, returned).status_code == 302
    assert enter(client, "rina").post(page, TEXT | flow(FLOW) | {"warnings": "Periksa identitas"}).status_code == 302
    client.post(page, {"act": "submit"})
    compared = client.get(f"{page}versi/").content.decode()
    assert "Periksa identitas" in compared
    assert "<ins>" in compared
    assert client.get(f"{page}versi/?dari=9&ke=x").status_code == 200
    assert enter(client, "bagas").post(page, {"act": "agree"}).status_code == 302
    case_signing.sign_here(opened(), "approve", FACTORS, by=both.rina)
    case = opened().case
    assert case.state == "in-force"
    assert set(case.proven) == {"K1-c", "K2-c"}
    assert composition.documents().read(case.papers[-1].sha256).startswith(b"%PDF-")
    assert enter(client, "rina").post(page, {"act": "revise", "reason": "Peraturan baru"}).status_code == 302
    assert client.post(page, {"act": "submit"}).status_code == 302
    assert client.get(f"{page}versi/").content.decode().count("<option") == 6
