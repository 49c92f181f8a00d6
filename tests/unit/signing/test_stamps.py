"""One signature at several places."""

import io
from dataclasses import replace

import pikepdf
import pytest
from tests.fakes.documents import agreement, page_with, saved
from tests.fakes.signing import CREDENTIAL, FACTORS, Bench, bench

from absah.adapters.engines import ChosenEngine
from absah.pdf.geometry import BoxOffPage, PageMissing, Rect
from absah.pdf.intake import inspect
from absah.pdf.reader.source import whole
from absah.signing.levels import Level
from absah.signing.placement import AtBox
from absah.signing.refusals import PresentationMissing
from absah.signing.request import Drafted, Presentation, SigningRequest
from absah.signing.stamps import ExtraPlaceAfterSignature, ExtraPlaceRefused, with_stamps
from absah.signing.standing import standing_of
from absah.signing.usecases import sign_document

SHOWN = Presentation(name="Dra. PUTRI AYU, M.Si.", link="https://v.contoh.go.id/1", trial=True)


def box(page: int, bottom: float = 50) -> AtBox:
    return AtBox(page=page, rect=Rect(left=50, bottom=bottom, right=240, top=bottom + 70))


@pytest.fixture(scope="module")
def tools() -> Bench:
    return bench(engine=ChosenEngine())


def sign(tools: Bench, **changes) -> bytes:
    draft = Drafted(
        **{
            "document": agreement(),
            "credential": CREDENTIAL,
            "level": Level.B_B,
            "placement": box(1),
            "presentation": SHOWN,
            "also": (box(2), box(2, 200)),
            **changes,
        }
    )
    return sign_document(
        SigningRequest(draft=draft, application="uji", factors=FACTORS), tools.ports, clock=tools.clock
    ).document


def test_further_places_are_locked_stamps_with_the_same_picture_and_the_signature_covers_them(tools: Bench) -> None:
    signed = sign(tools)
    assert signed.startswith(agreement())
    (field,) = inspect(signed).fields
    assert field.page == 1
    with pikepdf.open(io.BytesIO(signed)) as pdf:
        stamps = list(pdf.pages[1].Annots)
        assert [str(stamp.Subtype) for stamp in stamps] == ["/Stamp", "/Stamp"]
        own = pdf.pages[0].Annots[0]
        for stamp in stamps:
            assert stamp.AP.N.read_bytes() == own.AP.N.read_bytes()
            assert int(stamp.F) & 64
            assert SHOWN.name in str(stamp.Contents)
    (one,) = standing_of(signed).signatures
    assert one.value.end == len(signed)


def test_no_further_place_changes_nothing() -> None:
    assert whole(with_stamps(page_with(), (), "")) == page_with()


def test_later_signers_cannot_add_places(tools: Bench) -> None:
    with pytest.raises(ExtraPlaceAfterSignature):
        sign(tools, document=sign(tools, also=()))


def test_places_have_to_exist_and_need_something_to_show(tools: Bench) -> None:
    with pytest.raises(PageMissing):
        sign(tools, also=(box(9),))
    with pytest.raises(BoxOffPage):
        sign(tools, also=(box(1, 5000),))
    with pytest.raises(PresentationMissing):
        sign(tools, placement=replace(box(1)), presentation=None)


def test_files_that_our_writer_does_not_append_to_are_refused(tools: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    with pikepdf.open(io.BytesIO(page_with(media=(0, 0, 595, 842)))) as pdf:
        locked = saved(pdf, encryption=pikepdf.Encryption(owner="a", user=""))
    with pytest.raises(ExtraPlaceRefused):
        sign(tools, document=locked, also=(box(1, 200),))
    monkeypatch.setattr("absah.signing.stamps.agrees_with_qpdf", lambda _: False)
    from absah.pdf.reader import document as reader

    opened = reader.open_document
    monkeypatch.setattr(
        "absah.signing.stamps.open_document",
        lambda source: replace(opened(source), oddities=frozenset({reader.Oddity.SIZES})),
    )
    with pytest.raises(ExtraPlaceRefused) as refused:
        sign(tools)
    assert refused.value.parameters == {"problem": "engine.declined"}
