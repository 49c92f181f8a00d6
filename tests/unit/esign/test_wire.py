"""The wire without HTTP: what is read loosely, what is refused, and a table that the documentation knows."""

from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from absah.enrolment.wire_status import WireStatus
from absah.esign import v1, v2
from absah.esign.asks import (
    USUAL_READING,
    ByEmail,
    ByNik,
    CodeText,
    Nobody,
    OurWords,
    PictureFile,
    Reading,
)
from absah.esign.errors import number_of, numbers, refusal_of
from absah.esign.parameters import decoded, flag_of, person_of, text_of
from absah.esign.parameters import number_of as points_of
from absah.esign.refusals import ParameterMalformed
from absah.esign.status import StatusAnswer
from absah.kernel.errors import AbsahError, concrete_errors
from absah.kernel.messages import Language, catalogue
from absah.signing.placement import AtMark, AtOffset, Corner, Occurrence, PageEnd

DOCUMENT = Path(__file__).parents[3] / "docs" / "conformance" / "esign-api.md"
NIK = "9999014107900001"
FIELDS = {"nik": NIK, "passphrase": " rahasia ", "tampilan": "VISIBLE"}


def signed_v1(files: dict[str, bytes] | None = None, reading: Reading = USUAL_READING, **fields: str) -> Any:
    form = v1.Form(fields=FIELDS | fields, files={"file": b"%PDF"} | (files or {}))
    return v1.parse_signing(form, reading)[0]


def test_passphrases_keep_their_blanks_and_other_texts_lose_them() -> None:
    ask = signed_v1(tampilan=" invisible ", reason="  setuju ", location="null")
    assert ask.factors.passphrase.reveal() == " rahasia "
    properties = ask.documents[0].properties
    assert (properties.reason, properties.location) == ("setuju", None)


@pytest.mark.parametrize(
    ("spelled", "meaning"),
    [
        ("true", True),
        ("TRUE", True),
        ("1", True),
        ("0", False),
        ("", False),
        (None, False),
        (True, True),
        ("no", False),
    ],
)
def test_booleans_are_read_however_they_are_spelled(spelled: object, meaning: bool) -> None:
    assert flag_of({"image": spelled}, "image") is meaning


@pytest.mark.parametrize("spelled", ["nan", "inf", "1e9", "kiri", True, [], "1,5"])
def test_what_is_no_number_of_points_is_refused(spelled: object) -> None:
    with pytest.raises(ParameterMalformed):
        points_of({"width": spelled}, "width")


def test_a_mark_goes_before_coordinates_and_brings_its_page() -> None:
    ask = signed_v1(tag_koordinat="#", page="2", xAxis="1", yAxis="1", width="90", height="80")
    expected = AtMark(text="#", occurrence=Occurrence.FIRST, width=90, height=80, page=2)
    assert ask.documents[0].properties.placement == expected
    last = signed_v1(reading=Reading(occurrence=Occurrence.LAST), tag="#").documents[0].properties.placement
    assert last == AtMark(text="#", occurrence=Occurrence.LAST, width=100, height=100)


def test_far_corners_become_sizes_only_where_they_are_ones() -> None:
    place = {"halaman": "pertama", "xAxis": "10", "yAxis": "20", "width": "75", "height": "85"}
    usual = signed_v1(**place).documents[0].properties.placement
    assert usual == AtOffset(page=PageEnd.FIRST, corner=Corner.LOWER_LEFT, x=10, y=20, width=75, height=85)
    far = signed_v1(reading=Reading(far_corner=True), **place).documents[0].properties.placement
    assert (far.width, far.height) == (65, 65)
    with pytest.raises(ParameterMalformed):
        signed_v1(reading=Reading(far_corner=True), **(place | {"width": "10"}))


@pytest.mark.parametrize(
    ("fields", "files", "shown"),
    [
        ({"linkQR": "x"}, {}, CodeText("x")),
        ({"image": "false", "linkQR": "x"}, {"imageTTD": b"p"}, CodeText("x")),
        ({"image": "true", "linkQR": "x"}, {"imageTTD": b"p"}, PictureFile(b"p")),
        ({}, {"imageTTD": b"p"}, PictureFile(b"p")),
        ({}, {}, OurWords()),
    ],
)
def test_what_was_sent_is_shown(fields: dict[str, str], files: dict[str, bytes], shown: object) -> None:
    assert signed_v1(files, tag_koordinat="#", **fields).documents[0].properties.shown == shown


def test_people_are_named_by_nik_or_address_and_what_is_neither_is_nobody() -> None:
    assert isinstance(person_of({"nik": int(NIK)}), ByNik)
    assert isinstance(person_of({"email": "a@b.example"}), ByEmail)
    assert person_of({"nik": "123"}) == person_of({"email": "x"}) == Nobody()


def test_one_property_is_for_all_files_and_base64_may_be_folded() -> None:
    body = {"nik": NIK, "otp": 123456, "signatureProperties": {"tampilan": "invisible"}, "file": ["JV\nBE", "YQ=="]}
    ask = v2.parse_signing(body, USUAL_READING)
    assert [one.content for one in ask.documents] == [b"%PD", b"a"]
    assert ask.factors.totp == "123456"
    assert decoded("data:application/pdf;base64,YQ==", "file") == b"a"


def test_every_word_has_a_number_of_its_own_in_each_version() -> None:
    answers = [StatusAnswer(word) for word in WireStatus]
    assert len({one.v1["status_code"] for one in answers}) == len({one.v2["status_code"] for one in answers}) == 9
    assert all(isinstance(one.v2["status_code"], str) for one in answers)


def test_every_number_stands_in_the_documentation_and_belongs_to_a_code_that_exists() -> None:
    known = catalogue(Language.INDONESIAN)
    text = DOCUMENT.read_text("utf-8")
    for code, number in numbers().items():
        assert code in known, code
        assert f"| {number} |" in text, number
        assert f"`{code}`" in text, code


def test_an_error_without_a_line_has_the_number_of_its_kind() -> None:
    for error in concrete_errors():
        assert 1000 < number_of(error()) < 6000
    assert number_of(AbsahError()) == 4099


def test_every_refusal_says_what_to_do() -> None:
    told = refusal_of(ParameterMalformed(parameter="width", expected="number"))
    assert told.body == {
        "error": "Isi parameter width tidak dapat dipakai. Yang diharapkan: number. Perbaiki lalu kirim kembali.",
        "status_code": 4002,
    }


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=8,
)
KEYS = st.sampled_from(
    ["nik", "email", "passphrase", "totp", "signatureProperties", "file", "tampilan", "page", "tag", "width", "originX"]
)


@given(
    st.dictionaries(KEYS, JSON | st.dictionaries(KEYS, JSON, max_size=5)), st.dictionaries(KEYS, st.text(max_size=9))
)
def test_whatever_is_sent_is_an_ask_or_a_coded_refusal(body: dict[str, object], form: dict[str, str]) -> None:
    for parse in (
        lambda: v2.parse_signing(body, USUAL_READING),
        lambda: v1.parse_signing(v1.Form(fields=form, files={"file": b""}), USUAL_READING),
        lambda: text_of(body, "nik"),
    ):
        with suppress(AbsahError):
            parse()
