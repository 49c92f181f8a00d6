"""What came back is kept only when it is the document that was sent, with one good signature of the right person."""

from dataclasses import replace
from datetime import timedelta

import pytest
from tests.attacks.appending import EVIL
from tests.attacks.writing import append, looked_at, stream
from tests.fakes.documents import agreement, page_with
from tests.fakes.hierarchy import hierarchy
from tests.fakes.signing import CREDENTIAL, FACTORS, NOW, bench

from absah.adapters.engines import ChosenEngine
from absah.adapters.pdf_additions import read_additions
from absah.adapters.verification import verify_document
from absah.esign.client.acceptance import Expected, check_additions, check_same_document, check_signature
from absah.esign.client.refusals import AnotherDocument, AnotherSigner, SignatureNotGood
from absah.kernel.clock import instant
from absah.pdf.geometry import Rect
from absah.pdf.reader.source import whole
from absah.pdf.refusals import Damaged
from absah.signing.levels import Level
from absah.signing.placement import INVISIBLE, AtBox, Placement
from absah.signing.request import Drafted, Presentation
from absah.signing.usecases import complete_signing, prepare_signing
from absah.validation.evidence import Change, ChangeKind
from absah.validation.process import ValidationContext
from absah.validation.report import Report
from absah.validation.trust import TrustAnchors

LOOK = Presentation(name="Rina", link="https://absah.example/d/1/", trial=True)
SIGNER = hierarchy().signer()
BOX = AtBox(page=1, rect=Rect(left=50, bottom=50, right=240, top=120))


def signed(document: bytes, *, placement: Placement = INVISIBLE, level: Level = Level.B_T) -> bytes:
    there = bench(engine=ChosenEngine(), member=SIGNER)
    draft = Drafted(document=document, credential=CREDENTIAL, level=level, presentation=LOOK, placement=placement)
    prepared = prepare_signing(draft, there.ports, clock=there.clock)
    return whole(complete_signing((prepared,), "test", FACTORS, there.ports, clock=there.clock)[0].document)


def report_on(document: bytes) -> Report:
    pki = hierarchy()
    anchors = TrustAnchors(name="test", taken_at=NOW, certificates=(pki.root.certificate,))
    return verify_document(document, ValidationContext(anchors=anchors, now=NOW, trial=True, crls=pki.crls(NOW)))


def expected(sent: bytes, **changes) -> Expected:
    usual = {"sent": sent, "signatures": 0, "serials": frozenset({f"{SIGNER.parsed.serial_number:x}"})}
    return Expected(**(usual | changes))


@pytest.mark.parametrize("document", [agreement(), page_with(pages=2)], ids=["tagged", "plain"])
@pytest.mark.parametrize("level", [Level.B_B, Level.B_T, Level.B_LT, Level.B_LTA])
def test_a_signature_and_what_keeps_it_verifiable_is_all_that_may_come(document: bytes, level: Level):
    first = signed(document, placement=BOX, level=level)
    second = signed(first, level=level)
    for sent, came in ((document, first), (first, second)):
        check_same_document(expected(sent), came)
        check_additions(read_additions(came, len(sent)))


def test_another_document_is_told_by_its_bytes():
    other = signed(page_with())
    for came in (other, agreement()):
        with pytest.raises(AnotherDocument):
            check_same_document(expected(agreement()), came)


def test_a_page_that_changed_on_the_way_is_another_document():
    """A first signature covers whatever was changed before it: the signature holds, and the document is not ours."""
    sent = page_with()
    content = looked_at(sent, lambda pdf: pdf.pages[0].obj["/Contents"].objgen[0])
    came = signed(append(sent, {content: stream(EVIL)}))
    check_same_document(expected(sent), came)
    with pytest.raises(AnotherDocument) as refusal:
        check_additions(read_additions(came, len(sent)))
    assert refusal.value.parameters == {"problem": "page-content"}


def test_nothing_added_is_no_signature():
    with pytest.raises(Damaged):
        read_additions(agreement(), len(agreement()))
    with pytest.raises(AnotherDocument):
        check_additions((Change(kind=ChangeKind.OTHER, where="nothing"),))


def test_the_right_signature_passes():
    came = signed(page_with(), placement=BOX)
    found = check_signature(expected(page_with(), page=1), report_on(came), now=NOW)
    assert found.signer.name


def test_the_wrong_hand_the_wrong_page_and_too_many_signatures_are_refused():
    came = signed(page_with(), placement=BOX)
    report = report_on(came)
    for changes, refusal in (
        ({"serials": frozenset({"1f"})}, AnotherSigner),
        ({"page": 2}, AnotherDocument),
        ({"signatures": 1}, AnotherDocument),
    ):
        with pytest.raises(refusal):
            check_signature(expected(page_with(), **changes), report, now=NOW)
    by_print = expected(
        page_with(), serials=frozenset(), fingerprints=frozenset({report.signatures[0].chain[0].sha256})
    )
    check_signature(by_print, report, now=NOW)


def test_a_certificate_that_has_ended_does_not_sign():
    report = report_on(signed(page_with()))
    later = instant(NOW + timedelta(days=3650))
    with pytest.raises(SignatureNotGood):
        check_signature(expected(page_with()), report, now=later)


def test_a_broken_signature_is_refused():
    came = bytearray(signed(page_with()))
    came[came.find(b"/MediaBox") + 12] ^= 1
    with pytest.raises(SignatureNotGood):
        check_signature(expected(page_with()), report_on(bytes(came)), now=NOW)


def test_a_signature_nobody_can_name_is_nobodys():
    report = report_on(signed(page_with()))
    nameless = replace(report, signatures=(replace(report.signatures[0], chain=()),))
    with pytest.raises(AnotherSigner):
        check_signature(expected(page_with()), nameless, now=NOW)
    unproven = replace(report, signatures=(replace(report.signatures[0], intact=False),))
    with pytest.raises(SignatureNotGood):
        check_signature(expected(page_with()), unproven, now=NOW)
