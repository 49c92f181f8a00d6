"""Letters through their pages: numbered once, signed at the anchor, sent, received, given to an e-office."""

import io
import json
import zipfile

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from tests.fixtures_instance import NIK, PASSPHRASE, PASSWORD, bare_instance, instance, office, walk
from tests.site.agreements.test_signing import FACTORS, Both, both

from absah.kernel.people import Nik
from absah.signing.levels import Level
from absah.signing.placement import AtAnchor
from absah_site.agreements.actions import signing
from absah_site.signing.actions import SigningOrder, sign_for_subscriber

__all__ = ["bare_instance", "both", "instance", "office", "walk"]

pytestmark = pytest.mark.django_db
SIGN = {"act": "sign", "passphrase": PASSPHRASE, "agreed": "on"}


class Desk:
    """Two officers at one browser, one after the other."""

    def __init__(self, client: Client, both: Both) -> None:
        self.client, self.both = client, both
        self.base = f"/perjanjian/{both.agreement}/"

    def enter(self, username: str) -> None:
        self.client.post("/keluar/")
        self.client.post("/masuk/", {"username": username, "password": PASSWORD})

    def open(self, kind: str, **fields: str) -> str:
        made = self.client.post(f"{self.base}kasus/baru/{kind}/", {"subject": "Uji", "copies-rows": "0", **fields})
        assert made.status_code == 302, made.content.decode()
        return made.headers["Location"]

    def step(self, case: str, act: str, /, **fields: str) -> int:
        return self.client.post(case, {"copies-rows": "0", **fields, "act": act}).status_code

    def sign_elsewhere(self, case: str, act: str, anchor: str) -> int:
        order = SigningOrder(
            document=self.client.get(f"{case}berkas.pdf").content,
            nik=Nik(NIK),
            factors=FACTORS,
            application="test",
            placement=AtAnchor(text=anchor),
            level=Level.B_LT,
        )
        file = SimpleUploadedFile("x.pdf", sign_for_subscriber(order).document)
        return self.client.post(f"{case}{act}/tanda-tangan/", {"act": "hand-in", "file": file}).status_code

    def state(self) -> list[str]:
        return [each.state for each in self.both.opened(self.both.rina).states]


@pytest.fixture
def desk(both: Both, client: Client) -> Desk:
    signing.sign_here(both.agreement, FACTORS, by=both.rina)
    signing.hand_in(both.agreement, both.signed_elsewhere("#"), by=both.second)
    found = Desk(client, both)
    found.enter("rina")
    return found


def test_a_letter_is_numbered_once_signed_sent_received_and_given_to_an_e_office(desk: Desk) -> None:
    client = desk.client
    book = f"{desk.base}buku-nomor/"
    assert "B/1/KS.02/11/2026" in client.get(book).content.decode()
    assert "{tahun}" in client.post(book, {"text": "{nomor}"}).content.decode()
    assert client.post(book, {"text": "{nomor:03}/DKI/{tahun}"}).status_code == 302
    case = desk.open("letter", body="Isi surat.")
    assert client.get(f"{case}write/surat.zip").status_code == 404
    assert client.get(f"{case}sign/tanda-tangan/").headers["Location"] == case
    assert client.post(f"{case}sign/tanda-tangan/", SIGN).status_code == 409  # not written yet
    assert client.get(f"{case}write/tanda-tangan/").status_code == 400
    file = SimpleUploadedFile("kajian.pdf", b"%PDF-1.7 kajian")
    assert client.post(case, {"act": "paper", "file": file}).status_code == 302
    assert desk.step(case, "write") == 302
    assert "Isi surat.</textarea>" in client.get(case).content.decode()  # to be revised, not written anew
    assert "001/DKI/2026" in client.get(book).content.decode()
    assert desk.step(case, "sign") == 400  # a signature is no form
    assert "Tandatangani" in client.get(f"{case}sign/tanda-tangan/").content.decode()
    assert client.post(f"{case}sign/tanda-tangan/", SIGN).headers["Location"] == case
    assert desk.step(case, "send", channel="absah") == 302
    other = desk.open("letter", body="Surat lain.")
    assert desk.step(other, "write", **{"letter-number": "001/DKI/2026"}) == 409
    assert desk.step(other, "write") == 302
    assert "002/DKI/2026" in client.get(other).content.decode()
    packed = zipfile.ZipFile(io.BytesIO(client.get(f"{case}write/surat.zip").content))
    assert sorted(packed.namelist()) == ["lampiran/kajian.pdf", "surat.json", "surat.pdf"]
    told = json.loads(packed.read("surat.json"))
    assert (told["nomor_naskah"], told["arah"]) == ("001/DKI/2026", "keluar")
    assert packed.read("surat.pdf").count(b"/ByteRange") == 1
    desk.enter("bagas")
    assert desk.step(case, "receive", agenda="A-17") == 302
    assert "A-17" in client.get(case).content.decode()
    incoming = zipfile.ZipFile(io.BytesIO(client.get(f"{case}write/surat.zip").content))
    assert json.loads(incoming.read("surat.json"))["arah"] == "masuk"


def test_a_notice_and_its_answer_extend_the_agreement(desk: Desk) -> None:
    case = desk.open("extension", intended="2031-11-20", reason="Layanan berlanjut.")
    assert desk.step(case, "write") == 302
    assert desk.client.post(f"{case}sign/tanda-tangan/", SIGN).status_code == 302
    assert desk.state() == ["in-force"]
    assert desk.step(case, "send", channel="absah") == 302
    assert desk.state() == ["extension-proposed"]
    assert desk.step(case, "write-answer") == 403  # the other party answers
    desk.enter("bagas")
    assert desk.step(case, "receive") == 302
    assert desk.step(case, "write-answer") == 302
    unsigned = SimpleUploadedFile("x.pdf", desk.client.get(f"{case}berkas.pdf").content)
    handed_in = desk.client.post(f"{case}sign-answer/tanda-tangan/", {"act": "hand-in", "file": unsigned})
    assert handed_in.status_code == 400
    assert desk.sign_elsewhere(case, "sign-answer", "#") == 302
    assert desk.step(case, "agree", channel="e-office") == 302
    assert desk.state() == ["extended"]
    extended = desk.both.opened(desk.both.rina).agreement.extensions[0]
    assert extended.document.startswith("B/")


def test_a_notice_that_the_agreement_refuses_is_not_even_written(desk: Desk) -> None:
    case = desk.open("ending", intended="2026-11-25", reason="Tidak diperlukan lagi.")
    assert desk.step(case, "write") == 422  # thirty days before
    page = desk.client.post(case, {"act": "write", "copies-rows": "0"}).content.decode()
    assert "26 Oktober 2026" in page
    assert desk.step(case, "withdraw", answer="terlambat") == 302
    later = desk.open("ending", intended="2027-03-31", reason="Tidak diperlukan lagi.")
    assert desk.step(later, "write") == 302
    assert desk.client.post(f"{later}sign/tanda-tangan/", SIGN).status_code == 302
    assert desk.step(later, "send", channel="post") == 302
    desk.enter("bagas")
    assert desk.step(later, "decline", answer="Masih diperlukan.") in {302, 409}
