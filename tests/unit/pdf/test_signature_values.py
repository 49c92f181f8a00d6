import io
from dataclasses import replace

import pikepdf
import pytest
from tests.fakes.documents import agreement, page_with, saved
from tests.fakes.signing import CREDENTIAL, FACTORS, bench

from absah.pdf.intake import FieldContent
from absah.pdf.refusals import Damaged, Encrypted
from absah.pdf.signature_values import ByteRangeWrong, SignatureValue, signature_contents
from absah.signing.levels import Level
from absah.signing.request import Drafted, SigningRequest
from absah.signing.usecases import sign_document


@pytest.fixture(scope="module")
def signed() -> bytes:
    tools = bench()
    draft = Drafted(document=agreement(), credential=CREDENTIAL, level=Level.B_LTA)
    request = SigningRequest(draft=draft, application="uji", factors=FACTORS)
    return sign_document(request, tools.ports, clock=tools.clock).document


def test_values_come_in_the_order_of_what_they_cover_with_their_cms_from_the_file(signed: bytes) -> None:
    contents = signature_contents(signed)
    signature, stamp = contents.values
    assert [value.content for value in contents.values] == [FieldContent.SIGNATURE, FieldContent.TIMESTAMP]
    assert (signature.field, signature.form) == ("Signature1", "ETSI.CAdES.detached")
    assert stamp.covers(signature)
    assert not signature.covers(stamp)
    assert not signature.covers(signature)
    assert stamp.end == len(signed)
    assert signature.cms.startswith(b"\x30\x82")
    assert len(signature.covered(signed)) == signature.end - 2 * signature.room - 2


def test_the_security_store_gives_up_what_is_in_it(signed: bytes) -> None:
    contents = signature_contents(signed)
    assert contents.certificates
    assert contents.crls
    assert contents.ocsps == ()
    assert all(der.startswith(b"\x30") for der in (*contents.certificates, *contents.crls))


def test_another_cms_goes_into_the_same_place_and_nothing_else_changes(signed: bytes) -> None:
    value = signature_contents(signed).values[0]
    other = value.filled(signed, b"\x30\x00")
    assert len(other) == len(signed)
    assert value.covered(other) == value.covered(signed)
    assert signature_contents(other).values[0].cms == b"\x30\x00".ljust(value.room, b"\0")


def test_a_document_without_signatures_has_no_values() -> None:
    assert signature_contents(page_with()).values == ()


def test_streams_of_the_store_that_are_neither_plain_nor_deflated_are_passed_over() -> None:
    with pikepdf.open(io.BytesIO(page_with())) as pdf:
        odd = pdf.make_stream(b"41>", Filter=pikepdf.Name.ASCIIHexDecode)
        plain = pdf.make_stream(b"DER")
        pdf.Root.DSS = pikepdf.Dictionary(Certs=pikepdf.Array([odd, plain]))
        document = saved(pdf, compress_streams=False, stream_decode_level=pikepdf.StreamDecodeLevel.none)
    assert signature_contents(document).certificates == (b"DER",)


@pytest.mark.parametrize(
    "byte_range", [b"[0 5 9]", b"[1 5 9 2]", b"[0 0 9 2]", b"[0 9 5 2]", b"[0 5 9 999999]", b"[0 5 9 2]"]
)
def test_a_byte_range_that_is_not_two_parts_around_the_cms_is_refused(byte_range: bytes) -> None:
    with pikepdf.open(io.BytesIO(page_with())) as pdf:
        value = pikepdf.Dictionary(
            Type=pikepdf.Name.Sig,
            SubFilter=pikepdf.Name("/ETSI.CAdES.detached"),
            ByteRange=pikepdf.Object.parse(byte_range),
            Contents=pikepdf.String("x"),
        )
        empty = pikepdf.Dictionary(FT=pikepdf.Name.Sig, T=pikepdf.String("kosong"))
        field = pikepdf.Dictionary(FT=pikepdf.Name.Sig, T=pikepdf.String("a"), V=pdf.make_indirect(value))
        fields = pikepdf.Array([pdf.make_indirect(empty), pdf.make_indirect(field)])
        pdf.Root.AcroForm = pikepdf.Dictionary(Fields=fields)
        document = saved(pdf)
    with pytest.raises(ByteRangeWrong) as refused:
        signature_contents(document)
    assert refused.value.parameters == {"field": "a"}


def test_what_cannot_be_opened_or_is_of_another_shape_is_a_coded_refusal(signed: bytes) -> None:
    with pikepdf.open(io.BytesIO(page_with())) as pdf:
        pdf.Root.DSS = pikepdf.Dictionary(Certs=pikepdf.Array([3]))
        odd = saved(pdf)
    with pytest.raises(Damaged):
        signature_contents(odd)
    with pikepdf.open(io.BytesIO(page_with())) as pdf:
        locked = saved(pdf, encryption=pikepdf.Encryption(owner="a", user="b"))
    with pytest.raises(Encrypted):
        signature_contents(locked)
    assert signature_contents(locked, "b").values == ()


def test_a_value_is_shown_without_its_cms(signed: bytes) -> None:
    value: SignatureValue = replace(signature_contents(signed).values[0], cms=b"rahasia")
    assert "rahasia" not in repr(value)
