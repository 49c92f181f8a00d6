"""The face of an agreement and its press."""

from dataclasses import replace
from datetime import date

import pypdfium2
import pytest
from tests.fakes.agreements import LONG_AGO, ministry_draft, province_draft

from absah.adapters.typst_press import PressRefused, press, press_agreement
from absah.agreements.agreement import Agreement, begin
from absah.agreements.face import face_of, filled
from absah.agreements.parties import DatedName
from absah.agreements.words import written_date

DRAFTS = [ministry_draft(), province_draft()]


def drafted(number: int) -> Agreement:
    return begin(DRAFTS[number])


def text_of(document: bytes) -> list[str]:
    with pypdfium2.PdfDocument(document) as pdf:
        return [page.get_textpage().get_text_range() for page in pdf]


@pytest.mark.parametrize("number", [0, 1])
def test_each_anchor_stands_alone_on_a_line_of_the_last_page(number):
    last = text_of(press_agreement(face_of(drafted(number))))[-1]
    lines = [line.strip() for line in last.splitlines()]
    assert any(set(line.split()) <= {"$", "#"} and line for line in lines)


@pytest.mark.parametrize("number", [0, 1])
def test_every_sentence_reaches_the_page_and_no_placeholder_does(number):
    face = face_of(drafted(number))
    whole = "".join("".join(text_of(press_agreement(face))).split())
    assert "{" not in whole
    for article in face.articles:
        assert "".join(article.title.upper().split()) in whole
        for clause in article.clauses:
            assert clause.mark in whole


def test_a_name_with_markup_is_printed_and_not_obeyed():
    agreement = drafted(1)
    second = replace(agreement.parties.second, names=(DatedName(name="Balai #1 *Absah*", since=LONG_AGO),))
    odd = replace(agreement, parties=replace(agreement.parties, second=second))
    assert "BALAI #1 *ABSAH*" in " ".join(text_of(press_agreement(face_of(odd)))[0].split())


def test_the_press_makes_pdf_a():
    assert b"pdfaid:part>2" in press_agreement(face_of(drafted(0)))


def test_a_broken_template_is_our_fault():
    with pytest.raises(PressRefused):
        press("agreement", {}, dated=date(2026, 1, 1))


def test_the_face_tells_by_which_authority_each_side_acts():
    ministry, province = (face_of(drafted(number)) for number in (0, 1))

    assert ministry.first.authority == "karena jabatannya"
    assert province.first.authority == "berdasarkan Surat Kuasa Penjabat Gubernur tanggal 17 April 2023"


def test_dates_are_written_the_indonesian_way():
    assert written_date(date(2026, 8, 5)) == "5 Agustus 2026"


def test_a_sentence_of_the_model_is_filled_for_a_page():
    assert filled(drafted(1), "{second} dan {issuer}") == "Balai Sertifikasi Contoh dan Balai Sertifikasi Contoh"
