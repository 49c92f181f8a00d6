"""The model agreement and its press."""

from datetime import date

import pypdfium2
import pytest

from absah.adapters.typst_press import PressRefused, press, press_agreement
from absah.agreements.model import AnchorsCollide, NoSuchModel, Party, draft_agreement, written_date

FIRST = Party(
    name="Pemerintah Kota Sagara Biru",
    representative="Ratna Widyaningsih",
    post="Sekretaris Daerah",
    seat="Jalan Mercusuar Nomor 7, Sagara Biru",
    number="119/HK.03/2026",
    anchor="$",
)
SECOND = Party(
    name="Balai Sertifikasi #1 *Absah*",
    representative="SUHANTO",
    post="Kepala Balai",
    seat="Jalan Uji Coba Nomor 1",
    number="PERJ.7/BSA/2026",
    anchor="#",
)


def drafted(**changes: Party):
    parties = {"first": FIRST, "second": SECOND} | changes
    return draft_agreement("pemanfaatan-sertifikat", issuer="Absah Uji", dated=date(2026, 11, 21), **parties)


def text_of(document: bytes) -> list[str]:
    with pypdfium2.PdfDocument(document) as pdf:
        return [page.get_textpage().get_text_range() for page in pdf]


def test_each_anchor_stands_alone_on_a_line_of_the_last_page():
    last = text_of(press_agreement(drafted()))[-1]
    lines = [line.strip() for line in last.splitlines()]
    assert any(set(line.split()) <= {"$", "#"} and line for line in lines)


def test_every_sentence_reaches_the_page_and_no_placeholder_does():
    agreement = drafted()
    whole = " ".join(" ".join(text_of(press_agreement(agreement))).split())
    assert "{" not in whole
    for article in agreement.articles:
        assert article.title.upper() in whole


def test_a_name_with_markup_is_printed_and_not_obeyed():
    assert "BALAI SERTIFIKASI #1 *ABSAH*" in " ".join(text_of(press_agreement(drafted()))[0].split())


def test_the_press_makes_pdf_a():
    assert b"pdfaid:part>2" in press_agreement(drafted())


def test_two_parties_cannot_share_an_anchor():
    with pytest.raises(AnchorsCollide):
        drafted(second=FIRST)


def test_an_unknown_model_is_not_found_and_a_broken_template_is_our_fault():
    with pytest.raises(NoSuchModel):
        draft_agreement("nothing", first=FIRST, second=SECOND, issuer="", dated=date(2026, 1, 1))
    with pytest.raises(PressRefused):
        press("agreement", {}, dated=date(2026, 1, 1))


def test_dates_are_written_the_indonesian_way():
    assert written_date(date(2026, 8, 5)) == "5 Agustus 2026"
