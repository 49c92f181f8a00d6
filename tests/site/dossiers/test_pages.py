"""The pages of a document: prepared without scripts, read, signed with two factors, sent back, followed."""

import re
from datetime import timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from tests.fakes.documents import agreement
from tests.fixtures_instance import PASSPHRASE
from tests.site.dossiers.conftest import Bureau

from absah.workflow.life import State
from absah.workflow.parts import Classification, Part, SeatState
from absah_site.dossiers.actions import answering
from absah_site.dossiers.actions.signing import held_now
from absah_site.dossiers.models import Dossier
from absah_site.notices import access as notices

pytestmark = pytest.mark.django_db


def text(answer) -> str:
    return answer.content.decode()


def words(answer) -> str:
    """What a page says, without its tags."""
    return " ".join(re.sub(r"<[^>]*>", " ", text(answer)).split())


def test_a_clerk_prepares_a_document_in_four_steps_and_sends_it(bureau: Bureau, browser) -> None:
    desk = browser(bureau.budi)
    sent = desk.post(
        "/naskah/baru/",
        {
            "title": "Undangan rapat",
            "number": "005/771",
            "kind": "letter",
            "classification": "ordinary",
            "urgency": "urgent",
            "notice": "on",
            "file": SimpleUploadedFile("x.pdf", agreement(), "application/pdf"),
        },
    )
    dossier = Dossier.objects.get()
    assert sent.url == f"/naskah/{dossier.pk}/penanda-tangan/"
    rows = {f"k{row}-{name}": value for row in (2, 3) for name, value in {"part": "sign", "turn": row}.items()}
    rows |= {"k1-person": str(bureau.sari.account.public_id), "k1-part": "initial", "k1-turn": "1"}
    mandate = bureau.mandated(bureau.rina)
    rows |= {"k2-person": str(bureau.rina.account.public_id), "k2-mandate": str(mandate)}
    assert "Sari Dewi" in text(desk.get(sent.url))
    placed = desk.post(sent.url, rows)
    assert placed.url == f"/naskah/{dossier.pk}/letak/"
    page = text(desk.get(placed.url))
    assert "No place yet" in page
    found = desk.post(placed.url, {"act": "find", "anchor": "#"})
    hit = re.search(r'value="(hit:2:1,[^"]+)"[^>]*>For Rina', text(found).split("usually meant")[1])
    assert hit
    assert desk.post(placed.url, {"act": hit[1]}).url.endswith("/letak/?hal=1")
    assert desk.post(placed.url, {"act": "preset:1:last-left", "keep": "1"}).url.endswith("/letak/?hal=2")
    page = text(desk.get(placed.url))
    numbers = dict(re.findall(r'name="(k[12]-\w+)" value="([^"]+)"', page))
    assert desk.post(placed.url, numbers | {"act": "onward"}).url == f"/naskah/{dossier.pk}/"
    assert "Ready to go?" in text(desk.get(f"/naskah/{dossier.pk}/"))
    desk.post(f"/naskah/{dossier.pk}/kirim/")
    told = text(desk.get(f"/naskah/{dossier.pk}/"))
    assert "has it now" in told
    assert "a.n. Wali Kota" in told
    assert "You prepared one document" in text(desk.get("/naskah/"))
    assert notices.unread(bureau.sari.account.reference) > 0


def test_what_cannot_be_sent_says_why_and_keeps_what_was_typed(bureau: Bureau, browser) -> None:
    desk = browser(bureau.budi)
    about = {"title": "Tetap di sini", "number": "", "kind": "letter", "classification": "ordinary"}
    refused = desk.post("/naskah/baru/", about | {"file": SimpleUploadedFile("x.pdf", b"bukan pdf " * 30)})
    assert refused.status_code == 400
    assert "Tetap di sini" in text(refused)
    assert not Dossier.objects.exists()
    draft = bureau.drafted()
    assert "Nobody is asked to sign" in text(desk.post(f"/naskah/{draft.id}/kirim/"))
    assert desk.post(f"/naskah/{draft.id}/letak/", {"act": "hit:one"}).status_code == 400
    strange = browser(bureau.rina.account)
    assert strange.get(f"/naskah/{draft.id}/").status_code == 404


def test_a_signer_reads_agrees_and_signs_and_gets_a_receipt(bureau: Bureau, browser) -> None:
    sent = bureau.sent((bureau.rina, Part.SIGN, 1))
    phone = browser(bureau.rina.account)
    assert "One document waits for you" in text(phone.get("/kotak-masuk/"))
    assert "1 To sign since today" in words(phone.get("/beranda/"))
    first = text(phone.get(f"/kotak-masuk/{sent.id}/"))
    assert "Read on" in first
    assert phone.get(f"/naskah/{sent.id}/halaman/1-baca.webp").content[8:12] == b"WEBP"
    assert phone.get(f"/naskah/{sent.id}/halaman/1-lain.webp").status_code == 404
    assert "Read to the last page" in text(phone.get(f"/kotak-masuk/{sent.id}/?hal=2"))
    sign = f"/kotak-masuk/{sent.id}/tanda-tangan/"
    assert phone.get(sign).url == f"/kotak-masuk/{sent.id}/"  # not without the code on the other screen
    assert phone.post(f"/kotak-masuk/{sent.id}/setuju/").url == sign
    page = text(phone.get(sign))
    code = re.search(r"Match code:\s*</span>(\w{4})", page)
    assert code
    mails = [one.content.said for one in notices.inbox(bureau.rina.account.reference, page=1)[0] if one.content]
    from absah.kernel.messages import Language

    assert any(code[1] in said(Language.ENGLISH).subject for said in mails)
    answer = {"seen": 1, "passphrase": PASSPHRASE, "totp": bureau.rina.code()}
    refused = phone.post(sign, answer)
    assert refused.status_code == 400
    assert "did not confirm" in text(refused)
    assert PASSPHRASE not in text(refused)
    done = phone.post(sign, answer | {"agrees": "on", "totp": bureau.rina.code()})
    assert done.url == f"/kotak-masuk/{sent.id}/selesai/"
    assert "Signed by all" in text(phone.get(done.url))
    own = words(phone.get("/rekam-jejak/saya/"))
    assert " Signed you " in own  # the use of the key, which the ledger knows under the holder's number
    assert " Document signed you " in own
    assert phone.get(sign).status_code == 302
    assert "signed by all" in text(phone.get("/kotak-masuk/riwayat/"))
    dossier = held_now(sent.id)
    assert dossier.state is State.COMPLETED
    file = phone.post(f"/naskah/{sent.id}/berkas/{dossier.current.sha256}/")
    assert file.content.startswith(b"%PDF-")
    assert phone.post(f"/naskah/{sent.id}/berkas/{'0' * 64}/").status_code == 404


def test_other_answers_need_a_reason_and_reach_whoever_prepared_it(bureau: Bureau, browser) -> None:
    sent = bureau.sent((bureau.rina, Part.SIGN, 1), may_forward=True)
    phone, desk = browser(bureau.rina.account), browser(bureau.budi)
    assert phone.get(f"/kotak-masuk/{sent.id}/tolak/").status_code == 200
    blank = phone.post(f"/kotak-masuk/{sent.id}/kembalikan/", {"seen": 1, "reason": " "})
    assert blank.status_code == 200
    assert held_now(sent.id).state is State.CIRCULATING
    other = phone.post(f"/kotak-masuk/{sent.id}/alihkan/", {"seen": 1, "person": str(bureau.sari.account.public_id)})
    assert other.url == "/kotak-masuk/"
    second = browser(bureau.sari.account)
    second.post(f"/kotak-masuk/{sent.id}/kembalikan/", {"seen": 1, "reason": "Tanggalnya salah"})
    page = text(desk.get(f"/naskah/{sent.id}/"))
    assert "Tanggalnya salah" in page
    mended = SimpleUploadedFile("y.pdf", agreement("a-2b"), "application/pdf")
    assert desk.post(f"/naskah/{sent.id}/ganti/", {"file": mended}).url == f"/naskah/{sent.id}/letak/"
    desk.post(f"/naskah/{sent.id}/kirim/")
    dossier = held_now(sent.id)
    assert dossier.round == 2
    assert [seat.state for seat in dossier.signing_seats] == [SeatState.TURN]
    assert "round 2" in text(desk.get(f"/naskah/{sent.id}/"))


def test_whoever_prepared_it_reminds_once_and_takes_it_back(bureau: Bureau, browser) -> None:
    sent = bureau.sent((bureau.rina, Part.SIGN, 1))
    desk = browser(bureau.budi)
    assert desk.post(f"/naskah/{sent.id}/ingatkan/").status_code == 302
    assert desk.post(f"/naskah/{sent.id}/ingatkan/").status_code == 409
    desk.post(f"/naskah/{sent.id}/tarik/", {"reason": "Keliru"})
    assert held_now(sent.id).state is State.CANCELLED
    answer = browser(bureau.rina.account).post(f"/kotak-masuk/{sent.id}/setuju/")
    assert answer.status_code == 409


def test_pages_stay_small_enough_for_a_slow_line(bureau: Bureau, browser) -> None:
    for number in range(3):
        bureau.sent((bureau.rina, Part.SIGN, 1), title=f"Naskah {number}")
    phone = browser(bureau.rina.account, "id")
    newest = Dossier.objects.latest("created_at").pk
    for path in ("/kotak-masuk/", f"/kotak-masuk/{newest}/"):
        assert len(phone.get(path).content) < 50_000


def test_the_code_in_a_signature_leads_to_the_document_and_to_the_file_only_if_public(bureau: Bureau, browser) -> None:
    from tests.site.dossiers.test_signing import READ

    from absah_site.dossiers.actions import signing

    records = {}
    for who_may in ("public", "ordinary", "secret"):
        sent = bureau.sent(
            (bureau.rina, Part.SIGN, 1), title=f"Perihal {who_may}", classification=Classification(who_may)
        )
        records[who_may] = signing.sign(sent.id, READ, bureau.rina.factors(), by=bureau.rina.account)
    anybody = browser()
    page = text(anybody.get(f"/d/{records['public'].record}/"))
    assert "Perihal public" in page
    assert "Rina Ayu Lestari" in page
    assert "Valid" in page
    assert anybody.get(f"/d/{records['public'].record}/naskah.pdf").content.startswith(b"%PDF-")
    assert "Perihal ordinary" in text(anybody.get(f"/d/{records['ordinary'].record}/"))
    assert anybody.get(f"/d/{records['ordinary'].record}/naskah.pdf").status_code == 404
    hidden = text(anybody.get(f"/d/{records['secret'].record}/"))
    assert "Perihal secret" not in hidden
    assert "Signed by Rina" in hidden
    trail = browser(bureau.budi).get(f"/naskah/{records['secret'].dossier.id}/jejak.pdf")
    assert trail.content.startswith(b"%PDF-")


def test_a_kept_document_is_checked_by_a_button_for_whoever_may_open_it(bureau: Bureau, browser) -> None:
    from tests.site.dossiers.test_signing import READ

    from absah_site.dossiers.actions import signing

    sent = bureau.sent((bureau.rina, Part.SIGN, 1))
    phone = browser(bureau.rina.account)
    assert "Check its signatures" not in text(phone.get(f"/naskah/{sent.id}/"))
    signing.sign(sent.id, READ, bureau.rina.factors(), by=bureau.rina.account)
    assert "Check its signatures" in text(phone.get(f"/naskah/{sent.id}/"))
    assert ">Valid<" in text(phone.post(f"/naskah/{sent.id}/periksa/"))
    assert browser(bureau.sari.account).post(f"/naskah/{sent.id}/periksa/").status_code == 404


def test_lists_are_found_by_words_and_leafed_through_with_their_filter(bureau: Bureau, browser, monkeypatch) -> None:
    for number in range(3):
        sent = bureau.sent((bureau.rina, Part.SIGN, 1), title=f"Undangan {number}", number=f"005/77{number}")
        bureau.walk.instance.clock.advance(timedelta(minutes=1))
        answering.decline(sent.id, "Bukan wewenang saya", seen=1, by=bureau.rina.account)
    bureau.sent((bureau.rina, Part.SIGN, 1), title="Masih menunggu")
    for module in ("access.lists", "views.inbox", "views.following"):
        monkeypatch.setattr(f"absah_site.dossiers.{module}.PAGE", 2)
    clerk, signer = browser(bureau.budi), browser(bureau.rina.account)
    for who, path in (
        (clerk, "/naskah/?keadaan=declined&cari=undangan"),
        (signer, "/kotak-masuk/riwayat/?cari=undangan"),
    ):
        page = text(who.get(path))
        assert "Undangan 2" in page
        assert "Undangan 0" not in page
        following = path.split("?")[1].replace("&", "&amp;")
        assert f"?{following}&amp;hal=2" in page
        assert "Undangan 0" in text(who.get(f"{path}&hal=2"))
    assert "Undangan 1" in text(clerk.get("/naskah/?cari=005/771"))
    assert "Nothing has these words" in text(clerk.get("/naskah/?cari=selada"))
    assert "Nothing has these words" in text(signer.get("/kotak-masuk/riwayat/?cari=selada"))
