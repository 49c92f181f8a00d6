import io

import pikepdf
import pypdfium2
import pytest
from tests.fakes.documents import agreement, page_with, saved

from absah.pdf.geometry import PageMissing
from absah.pdf.intake import inspect
from absah.pdf.notice import Notice, NoticeOnEncrypted, stamp_notice
from absah.pdf.page_views import pages_lacking
from absah.pdf.pages import render_page

NOTICE = Notice(issuer="Penerbit Contoh", trial=True)


def words(document: bytes, number: int = 1) -> str:
    with pypdfium2.PdfDocument(document) as pdf:
        return " ".join(pdf[number - 1].get_textpage().get_text_range().split())


def test_the_sentence_names_the_issuer_and_the_trial() -> None:
    assert NOTICE.sentence.endswith(
        "diterbitkan oleh Penerbit Contoh. UJI COBA (sertifikat uji coba, tidak tersertifikasi)."
    )
    assert Notice(issuer="X", trial=False, text="Oleh {issuer}.").sentence == "Oleh X."


def test_every_page_of_a_pdfa_agreement_is_stamped_and_stays_what_it_was() -> None:
    before = agreement()
    after = stamp_notice(before, NOTICE)
    assert pages_lacking(before, NOTICE.sentence)
    assert not pages_lacking(after, NOTICE.sentence)
    one, other = inspect(before), inspect(after)
    assert (other.pdfa, other.tagged, other.pages) == (one.pdfa, one.tagged, one.pages)
    with pikepdf.open(io.BytesIO(before)) as old, pikepdf.open(io.BytesIO(after)) as new:
        assert old.Root.Metadata.read_bytes() == new.Root.Metadata.read_bytes()


def test_what_is_stamped_already_is_returned_as_it_is() -> None:
    stamped = stamp_notice(agreement(), NOTICE)
    assert stamp_notice(stamped, NOTICE) is stamped


def test_only_pages_without_it_are_stamped() -> None:
    stamped = pikepdf.open(io.BytesIO(stamp_notice(page_with(), NOTICE)))
    bare = pikepdf.open(io.BytesIO(page_with()))
    stamped.pages.append(bare.pages[0])
    mixed = saved(stamped)
    after = stamp_notice(mixed, NOTICE)
    assert [words(after, number).count("Penerbit Contoh") for number in (1, 2)] == [1, 1]


def test_a_signed_document_is_left_alone() -> None:
    pdf = pikepdf.open(io.BytesIO(page_with()))
    field = pikepdf.Dictionary(FT=pikepdf.Name.Sig, T=pikepdf.String("a"), V=pikepdf.Dictionary())
    pdf.Root.AcroForm = pikepdf.Dictionary(Fields=pikepdf.Array([pdf.make_indirect(field)]))
    signed = saved(pdf)
    assert stamp_notice(signed, NOTICE) is signed


def test_an_encrypted_document_is_refused() -> None:
    with pytest.raises(NoticeOnEncrypted):
        stamp_notice(page_with(encryption=pikepdf.Encryption(owner="pemilik", user="")), NOTICE)


def test_it_is_an_artifact_and_leaves_the_page_as_it_was() -> None:
    pdf = pikepdf.open(io.BytesIO(stamp_notice(page_with("2 0 0 2 0 0 cm BT /F1 9 Tf 20 20 Td (A) Tj ET"), NOTICE)))
    content = b"\n".join(part.read_bytes() for part in pdf.pages[0].Contents)
    assert content.startswith(b"q")
    assert content.index(b"Q") < content.index(b"/Artifact <</Type /Pagination /Subtype /Footer")
    assert content.rstrip().endswith(b"EMC")


def test_pages_that_share_resources_do_not_get_each_others() -> None:
    pdf = pikepdf.open(io.BytesIO(page_with(pages=2)))
    shared = pdf.make_indirect(pdf.pages[0].Resources)
    for page in pdf.pages:
        page.Resources = shared
    del pdf.pages[0].obj["/Resources"]
    after = stamp_notice(saved(pdf), NOTICE)
    assert not pages_lacking(after, NOTICE.sentence)


@pytest.mark.parametrize("rotate", [0, 90, 180, 270])
@pytest.mark.parametrize("unit", [None, 2])
def test_it_stands_at_the_foot_of_what_is_seen(rotate, unit) -> None:
    document = page_with("", media=(50, 60, 650, 860), crop=(100, 100, 600, 800), rotate=rotate, user_unit=unit)
    from PIL import Image

    picture = Image.open(io.BytesIO(render_page(stamp_notice(document, NOTICE), 1, dots_per_inch=72))).convert("L")
    rows = [y for y in range(picture.height) if min(picture.crop((0, y, picture.width, y + 1)).tobytes()) < 200]
    assert rows
    assert min(rows) > picture.height * 0.9


def test_it_keeps_off_the_footer_of_the_page() -> None:
    own = "BT /F1 8 Tf 40 12 Td (Halaman 1) Tj ET"
    free = render_page(stamp_notice(page_with(""), NOTICE), 1)
    moved = stamp_notice(page_with(own), NOTICE)
    assert render_page(moved, 1) != free
    with pypdfium2.PdfDocument(moved) as pdf:
        text = pdf[0].get_textpage()
        searcher = text.search("Dokumen ini")
        index, _ = searcher.get_next()
        assert text.get_charbox(index)[1] > 19


def test_a_foot_full_of_text_is_written_over() -> None:
    own = " ".join(f"BT /F1 8 Tf 40 {y} Td (Halaman) Tj ET" for y in range(5, 120, 6))
    assert not pages_lacking(stamp_notice(page_with(own), NOTICE), NOTICE.sentence)


def test_pictures_are_png_and_pages_must_exist() -> None:
    assert render_page(page_with(), 1).startswith(b"\x89PNG")
    with pytest.raises(PageMissing):
        render_page(page_with(), 2)


def test_an_enormous_page_gets_fewer_dots() -> None:
    from PIL import Image

    huge = page_with("", media=(0, 0, 14400, 14400))
    picture = Image.open(io.BytesIO(render_page(huge, 1, dots_per_inch=300)))
    assert picture.width * picture.height < 25_000_000
