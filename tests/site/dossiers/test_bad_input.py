"""What goes wrong on the way loses no work, signs nothing twice, and says in a sentence what to do next."""

import io
from datetime import timedelta

import pikepdf
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from PIL import Image
from tests.fakes.documents import agreement
from tests.fixtures_instance import PASSPHRASE
from tests.site.dossiers.conftest import Bureau

from absah.kernel.errors import AbsahError
from absah.pki.revocation import RevocationReason
from absah.validation.conclusion import Verdict
from absah.workflow.dossier import Way
from absah.workflow.life import State
from absah.workflow.parts import Part
from absah_site.actors import Operator
from absah_site.dossiers.actions import following, signing
from absah_site.dossiers.actions.signing import Affirmation, held_now
from absah_site.dossiers.models import Dossier
from absah_site.pki.actions import report_key_lost, revoke_certificate
from absah_site.signing import access as signatures
from absah_site.signing.models import SigningRecord

pytestmark = pytest.mark.django_db


def text(answer) -> str:
    return answer.content.decode()


def opened(bureau: Bureau, browser, who=None):
    """A document sent to Rina, and her browser at the page where she agrees."""
    sent = bureau.sent((bureau.rina, Part.SIGN, 1))
    page = browser(bureau.rina.account)
    page.get(f"/kotak-masuk/{sent.id}/?hal=2")
    page.post(f"/kotak-masuk/{sent.id}/setuju/")
    return sent, page, f"/kotak-masuk/{sent.id}/tanda-tangan/"


def agreed(bureau: Bureau, **changed) -> dict:
    return {"seen": 1, "agrees": "on", "passphrase": PASSPHRASE, "totp": bureau.rina.code()} | changed


def serial_of(bureau: Bureau) -> str:
    mine = signatures.my_certificate(bureau.rina.account.public_id, now=bureau.walk.instance.clock.now())
    return mine.certificates[0].certificate.serial


def test_two_devices_and_a_line_that_broke_after_signing_make_one_signature_and_show_the_receipt(
    bureau: Bureau, browser
) -> None:
    sent, phone, path = opened(bureau, browser)
    laptop = browser(bureau.rina.account)
    laptop.post(f"/kotak-masuk/{sent.id}/setuju/")
    first = agreed(bureau)
    assert phone.post(path, first).url == f"/kotak-masuk/{sent.id}/selesai/"
    assert "Receipt" in text(laptop.get(laptop.post(path, agreed(bureau, has_read="on")).url))
    assert "Receipt" in text(phone.get(phone.post(path, first).url, follow=True))  # the answer was lost, sent again
    assert SigningRecord.objects.count() == 1


def test_a_document_that_is_taken_back_while_it_is_read_says_so_and_signs_nothing(bureau: Bureau, browser) -> None:
    sent, phone, path = opened(bureau, browser)
    following.cancel(sent.id, "Keliru", by=bureau.budi)
    refused = phone.post(path, agreed(bureau), follow=True)
    assert held_now(sent.id).state is State.CANCELLED
    assert "taken back" in text(refused)
    assert not SigningRecord.objects.exists()


@pytest.mark.parametrize("how", ["suspended", "revoked"])
def test_a_certificate_that_dies_between_reading_and_signing_signs_nothing_and_says_what_to_do(
    bureau: Bureau, browser, how: str
) -> None:
    sent, phone, path = opened(bureau, browser)
    serial = serial_of(bureau)
    if how == "suspended":
        report_key_lost(serial, owner=bureau.rina.account.public_id, by=bureau.rina.account)
    else:
        revoke_certificate(serial, RevocationReason.KEY_COMPROMISE, by=Operator(name="test"))
    refused = phone.post(path, agreed(bureau))
    assert refused.status_code == 403
    assert how in text(refused)
    assert PASSPHRASE not in text(refused)
    found = held_now(sent.id)
    assert (found.claim, found.state) == (None, State.CIRCULATING)
    assert "On to signing" not in text(phone.get(f"/kotak-masuk/{sent.id}/?hal=2"))


def test_a_session_that_ended_keeps_the_reason_that_was_typed_and_no_secret(bureau: Bureau, browser) -> None:
    sent, phone, _path = opened(bureau, browser)
    bureau.walk.instance.clock.advance(timedelta(hours=13))
    late = phone.post(f"/kotak-masuk/{sent.id}/kembalikan/", {"seen": 1, "reason": "Tanggal rapatnya keliru"})
    assert late.status_code == 302
    assert "/masuk/" in late.url
    phone.post("/masuk/?next=/masuk/lanjut/", {"username": "rina", "password": "berangkat sebelum hujan"})
    again = text(phone.get("/masuk/lanjut/", follow=True))
    assert "Tanggal rapatnya keliru" in again
    assert held_now(sent.id).state is State.CIRCULATING


def scan(pages: int) -> bytes:
    """A scan: pictures without a word."""
    picture = io.BytesIO()
    Image.new("L", (400, 560), 235).save(picture, "JPEG")
    written = io.BytesIO()
    with pikepdf.new() as pdf:
        image = pdf.make_stream(picture.getvalue())
        image.stream_dict = pikepdf.Dictionary(
            Type=pikepdf.Name.XObject, Subtype=pikepdf.Name.Image, Width=400, Height=560,
            ColorSpace=pikepdf.Name.DeviceGray, BitsPerComponent=8, Filter=pikepdf.Name.DCTDecode,
        )  # fmt: skip
        for _ in range(pages):
            page = pdf.add_blank_page(page_size=(595, 842))
            page.Resources = pikepdf.Dictionary(XObject=pikepdf.Dictionary(S=image))
            page.Contents = pdf.make_stream(b"595 0 0 842 0 0 cm /S Do")
        pdf.save(written)
    return written.getvalue()


def test_a_scan_of_five_hundred_pages_is_read_page_by_page_and_signed(bureau: Bureau, browser) -> None:
    draft = bureau.drafted(document=scan(500))
    from absah.workflow.parts import Spot
    from absah_site.dossiers.actions import preparing
    from absah_site.dossiers.actions.preparing import WantedSeat

    wanted = (WantedSeat(account=bureau.rina.account.public_id, part=Part.SIGN, turn=1),)
    preparing.seat_people(draft.id, wanted, by=bureau.budi)
    preparing.place(draft.id, {1: Spot(page=500, x=60, y=700, width=190, height=70)}, keep=False, by=bureau.budi)
    preparing.send(draft.id, by=bureau.budi)
    phone = browser(bureau.rina.account)
    first = phone.get(f"/kotak-masuk/{draft.id}/")
    assert len(first.content) < 50_000
    assert "Page 1 of 500" in text(first)
    assert "Page 500 of 500" in text(phone.get(f"/kotak-masuk/{draft.id}/?hal=500"))
    phone.post(f"/kotak-masuk/{draft.id}/setuju/")
    assert phone.post(f"/kotak-masuk/{draft.id}/tanda-tangan/", agreed(bureau)).status_code == 302
    assert held_now(draft.id).state is State.COMPLETED


def locked(user: str) -> bytes:
    written = io.BytesIO()
    with pikepdf.open(io.BytesIO(agreement())) as pdf:
        pdf.save(written, encryption=pikepdf.Encryption(user=user, owner="pemilik", R=6))
    return written.getvalue()


def test_a_locked_document_is_refused_with_its_reason_and_what_was_typed_stays(bureau: Bureau, browser) -> None:
    about = {"title": "Naskah terkunci", "kind": "letter", "classification": "ordinary"}
    file = SimpleUploadedFile("x.pdf", locked("rahasia"))
    refused = browser(bureau.budi).post("/naskah/baru/", about | {"file": file})
    assert refused.status_code == 400
    assert "Naskah terkunci" in text(refused)
    assert "locked with a password" in text(refused)
    assert not Dossier.objects.exists()


def test_a_document_that_only_its_owner_may_change_is_signed_or_the_notice_says_why_not(bureau: Bureau) -> None:
    with pytest.raises(AbsahError, match="notice-on-encrypted"):
        bureau.sent((bureau.rina, Part.SIGN, 1), document=locked(""), way=Way(notice=True))
    sent = bureau.sent((bureau.rina, Part.SIGN, 1), document=locked(""))
    read = Affirmation(seen=1, has_read=True, agrees=True)
    receipt = signing.sign(sent.id, read, bureau.rina.factors(), by=bureau.rina.account)
    assert (receipt.dossier.state, receipt.verdict) == (State.COMPLETED, Verdict.VALID)
