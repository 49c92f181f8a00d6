import io
import json

import pikepdf
import pytest
from tests.unit.validation.samples import document_stamp, judge, make_cms, signature, stamped

from absah.adapters.receipt import press_written, write_receipt
from absah.kernel.messages import Language, catalogue
from absah.pdf.pdfium import opened
from absah.validation.evidence import Change, ChangeKind
from absah.validation.report import Report


def text_of(receipt: bytes) -> str:
    with opened(receipt) as pdf:
        return " ".join("".join(page.get_textpage().get_text_range() for page in pdf).split())


def reports() -> tuple[Report, ...]:
    later = (Change(kind=ChangeKind.OTHER, where="x"),)
    return (
        judge(signature(stamped(make_cms()), field_name="#[Smuggled] $x$"), document_stamp()),
        judge(signature(changes=later), trial=False),
        judge(),
    )


@pytest.mark.parametrize("language", list(Language))
def test_a_receipt_tells_people_and_carries_the_report_for_programs(language: Language):
    for report in reports():
        receipt = press_written(
            write_receipt(report, language, file="Surat #1.pdf"), issuer="Kota Contoh", sealed=False
        )
        shown = text_of(receipt)
        assert catalogue(language)[report.verdict_message]["text"] in shown
        assert "Surat #1.pdf" in shown
        assert (catalogue(language)["validation.trial.sentence"]["text"][:30] in shown) is report.trial
        with pikepdf.open(io.BytesIO(receipt)) as pdf:
            attached = pdf.attachments["report.json"].get_file().read_bytes()
            metadata = bytes(pdf.Root.Metadata.read_bytes())
        assert json.loads(attached) == report.to_dict()
        assert b"<pdfaid:part>3</pdfaid:part>" in metadata


def test_a_receipt_says_whether_somebody_stands_behind_it():
    report = judge(signature())
    for sealed, words in ((True, "sealed"), (False, "unsealed")):
        shown = text_of(
            press_written(write_receipt(report, Language.ENGLISH, file="x.pdf"), issuer="Kota", sealed=sealed)
        )
        assert catalogue(Language.ENGLISH)[f"validation.receipt.{words}"]["text"][:30] in shown
