"""Signing over both versions of the wire: shapes, places, records, and every refusal with its number."""

import base64
import io
import json
import re
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from tests.fakes.documents import agreement, page_with
from tests.fakes.pictures import png
from tests.fixtures_instance import NIK, PASSPHRASE, Instance
from tests.site.esign.conftest import WireClient

from absah.adapters import totp
from absah.esign.asks import Reading
from absah.pdf.intake import inspect
from absah.pki.revocation import RevocationReason
from absah.signing.levels import Level
from absah.signing.placement import Occurrence
from absah_site.actors import Operator
from absah_site.applications.access import Scope
from absah_site.applications.models import Use
from absah_site.pki import actions as pki
from absah_site.signing.models import SigningRecord

MARKED = "BT /F1 24 Tf 100 700 Td (Surat) Tj ET BT /F1 24 Tf 200 200 Td (#) Tj ET"


LETTER = page_with()


def pdf(content: bytes = LETTER) -> SimpleUploadedFile:
    return SimpleUploadedFile("surat.pdf", content, "application/pdf")


def v1_fields(**changes: Any) -> dict[str, Any]:
    fields = {"file": pdf(), "nik": NIK, "passphrase": PASSPHRASE, "tampilan": "invisible"} | changes
    return {name: value for name, value in fields.items() if value is not None}


def v2_body(**changes: Any) -> dict[str, Any]:
    body = {
        "nik": NIK,
        "passphrase": PASSPHRASE,
        "signatureProperties": [{"tampilan": "INVISIBLE"}],
        "file": [base64.b64encode(LETTER).decode()],
    }
    return {name: value for name, value in (body | changes).items() if value is not None}


def refusal(answer: Any) -> int:
    """The number, once the form of a refusal is checked."""
    assert answer.status == 400, answer.body
    assert answer.headers["Content-Type"] == "application/json"
    assert set(answer.json) == {"error", "status_code"}
    return answer.json["status_code"]


def test_v1_answers_the_signed_bytes_with_a_number_for_fetching_them_once(client: WireClient, holder: Any) -> None:
    answer = client.form("/api/sign/pdf", **v1_fields())
    assert (answer.status, answer.headers["Content-Type"]) == (200, "application/pdf"), answer.body
    assert answer.body.startswith(LETTER)
    assert re.fullmatch("[0-9a-f]{32}", answer.headers["id_dokumen"])
    assert answer.headers["signing_time"].isdecimal()
    (field,) = inspect(answer.body).fields
    assert field.rect is None
    assert re.fullmatch("sig_[0-9]{16}", field.name)
    again = client.get(f"/api/sign/download/{answer.headers['id_dokumen']}")
    assert (again.status, again.body) == (200, answer.body)
    gone = client.get(f"/api/sign/download/{answer.headers['id_dokumen']}")
    assert (gone.status, gone.json["status_code"]) == (404, 4044)


def test_v1_answers_base64_on_demand_and_takes_scalars_from_the_address(client: WireClient, holder: Any) -> None:
    query = f"?nik={NIK}&passphrase={PASSPHRASE.replace(' ', '%20')}&tampilan=INVISIBLE&jenis_response=base64"
    answer = client.form(f"/api/sign/pdf/{query}", file=pdf())
    assert set(answer.json) == {"base64_signed_file", "id_dokumen"}, answer.body
    assert base64.b64decode(answer.json["base64_signed_file"]).startswith(LETTER)


def test_v2_answers_as_many_files_as_it_was_sent_in_their_order(client: WireClient, holder: Any) -> None:
    files = [LETTER, agreement()]
    answer = client.json("/api/v2/sign/pdf", v2_body(file=[base64.b64encode(one).decode() for one in files]))
    assert set(answer.json) == {"time", "file"}, answer.body
    assert isinstance(answer.json["time"], int)
    signed = [base64.b64decode(one) for one in answer.json["file"]]
    assert [one.startswith(before) for one, before in zip(signed, files, strict=True)] == [True, True]
    use = Use.objects.get()
    assert (use.operation, use.state, use.files, len(use.signatures)) == ("v2.sign", "done", 2, 2)
    assert use.holder == holder.number.text
    assert {str(one.pk) for one in SigningRecord.objects.all()} == set(use.signatures)


def test_v1_measures_from_the_lower_left_and_v2_from_the_upper_left(client: WireClient, holder: Any) -> None:
    place = {"tampilan": "visible", "halaman": "TERAKHIR", "linkQR": "https://surat.example/1"}
    first = client.form("/api/sign/pdf", **v1_fields(**place, xAxis="36", yAxis="50.5", width="100", height="80"))
    rect = inspect(first.body).fields[0].rect
    assert rect is not None
    assert rect.corners == pytest.approx((36, 50.5, 136, 130.5))
    upper = {"tampilan": "visible", "page": 1, "originX": 36.0, "originY": 36.0, "width": 100, "height": 100}
    upper["imageBase64"] = base64.b64encode(png(200, 100)).decode()
    second = client.json("/api/v2/sign/pdf", v2_body(signatureProperties=[upper]))
    document = base64.b64decode(second.json["file"][0])
    facts = inspect(document)
    top = facts.pages[0].height - 36
    assert facts.fields[0].rect.corners == pytest.approx((36, top - 100, 136, top))


def test_a_mark_places_the_upper_left_corner_and_the_setting_chooses_which_one(client: WireClient, holder: Any) -> None:
    marked = page_with(MARKED + " BT /F1 24 Tf 50 120 Td (#) Tj ET")
    fields = {"file": pdf(marked), "tampilan": "visible", "tag_koordinat": "#", "width": "90", "height": "90"}
    first = inspect(client.form("/api/sign/pdf", **v1_fields(**fields)).body).fields[0].rect
    assert first is not None
    assert 195 < first.left < 205
    assert first.width == pytest.approx(90)
    assert 200 < first.top < 222
    client.change(reading=Reading(occurrence=Occurrence.LAST))
    fields["file"] = pdf(marked)
    last = inspect(client.form("/api/sign/pdf", **v1_fields(**fields)).body).fields[0].rect
    assert last is not None
    assert 45 < last.left < 55


def test_the_far_corner_is_read_as_one_only_where_the_application_says_so(client: WireClient, holder: Any) -> None:
    place = {"tampilan": "visible", "page": "1", "linkQR": "x", "xAxis": "10", "yAxis": "10"}
    client.change(reading=Reading(far_corner=True))
    answer = client.form("/api/sign/pdf", **v1_fields(**place, width="75", height="85"))
    assert inspect(answer.body).fields[0].rect.corners == pytest.approx((10, 10, 75, 85))


def test_the_output_of_one_call_is_the_input_of_the_next(client: WireClient, holder: Any) -> None:
    once = client.form("/api/sign/pdf", **v1_fields()).body
    twice = client.form("/api/sign/pdf", **v1_fields(file=pdf(once))).body
    assert twice.startswith(once)
    assert len(inspect(twice).fields) == 2
    told = client.json("/api/v2/verify/pdf", {"file": base64.b64encode(twice).decode()}).json
    assert (told["conclusion"], told["signatureCount"]) == ("VALID", 2)


BOX = {"tampilan": "visible", "page": "1", "xAxis": "36", "yAxis": "36", "width": "90", "height": "90", "linkQR": "x"}


@pytest.mark.parametrize(
    ("changes", "number"),
    [
        ({"nik": None}, 4014),
        ({"nik": "9999014107900009"}, 2011),
        ({"nik": "12"}, 2011),
        ({"passphrase": "bukan yang ini"}, 2031),
        ({"passphrase": None}, 4001),
        ({"tampilan": None}, 4001),
        ({"tampilan": "melayang"}, 4002),
        ({"file": None}, 4001),
        ({"file": pdf(b"bukan pdf")}, 4031),
        ({"file": pdf(LETTER[:-20])}, 4032),
        ({"tampilan": "visible"}, 4060),
        (BOX | {"page": "7"}, 4063),
        (BOX | {"xAxis": "9000"}, 4064),
        (BOX | {"width": "3"}, 4065),
        (BOX | {"width": "-3"}, 4002),
        (BOX | {"xAxis": "kiri"}, 4002),
        (BOX | {"xAxis": None}, 4001),
        (BOX | {"image": "true"}, 4001),
        (BOX | {"image": "TRUE", "imageTTD": SimpleUploadedFile("a.png", png(2, 2))}, 4066),
        (BOX | {"image": "1", "imageTTD": SimpleUploadedFile("a.png", png(20, 20)[:60])}, 4067),
        (BOX | {"image": "1", "imageTTD": SimpleUploadedFile("a.gif", b"GIF89a")}, 4068),
        (BOX | {"image": "entah"}, 4002),
        (BOX | {"linkQR": "x" * 400}, 4070),
        ({"tampilan": "visible", "tag_koordinat": "$"}, 4062),
        ({"tampilan": "visible", "tag_koordinat": "$" * 40}, 4061),
        ({"jenis_response": "XML"}, 4002),
    ],
)
def test_v1_refuses_in_the_form_of_the_wire(client: WireClient, holder: Any, changes: dict, number: int) -> None:
    for value in changes.values():
        if isinstance(value, SimpleUploadedFile):
            value.seek(0)
    assert refusal(client.form("/api/sign/pdf", **v1_fields(**changes))) == number
    use = Use.objects.filter(state="refused").first()
    # What could not even be read names nobody and nothing to sign: it is noted with its number all the same.
    assert use is not None
    assert use.number == number


@pytest.mark.parametrize(
    ("changes", "number"),
    [
        ({"nik": None}, 4014),
        ({"nik": None, "email": "tidak-ada@sagarabiru.example"}, 2011),
        ({"nik": None, "email": "bukan alamat"}, 2011),
        ({"file": ["%%%"]}, 4004),
        ({"file": []}, 4001),
        ({"file": [7]}, 4002),
        ({"file": ["JVBERg=="] * 51}, 4006),
        ({"signatureProperties": [{"tampilan": "INVISIBLE"}] * 2}, 4005),
        ({"signatureProperties": ["x"]}, 4002),
        ({"passphrase": None, "totp": "000000"}, 2034),
        ({"totp": "000000"}, 2032),
    ],
)
def test_v2_refuses_in_the_form_of_the_wire(client: WireClient, holder: Any, changes: dict, number: int) -> None:
    assert refusal(client.json("/api/v2/sign/pdf", v2_body(**changes))) == number


def test_somebody_may_be_named_by_the_registered_address(client: WireClient, holder: Any) -> None:
    answer = client.json("/api/v2/sign/pdf", v2_body(nik=None, email="rina.lestari@sagarabiru.example"))
    assert answer.status == 200, answer.body


@pytest.mark.parametrize("body", [b"", b"[]", b"{", b'{"a": NaN}', b"\xff", b"[" * 100_000])
def test_what_is_no_json_object_is_refused_with_a_number(client: WireClient, holder: Any, body: bytes) -> None:
    assert refusal(client.raw("/api/v2/sign/pdf", body)) == 4003


def test_a_revoked_or_suspended_certificate_signs_nothing(client: WireClient, holder: Any) -> None:
    pki.suspend_certificate(holder.serial, by=Operator(name="test"))
    assert refusal(client.json("/api/v2/sign/pdf", v2_body())) == 2024
    pki.revoke_certificate(holder.serial, RevocationReason.KEY_COMPROMISE, by=Operator(name="test"))
    assert refusal(client.json("/api/v2/sign/pdf", v2_body())) == 2023
    assert not SigningRecord.objects.exists()


def test_wrong_passphrases_are_slowed_for_this_application_alone(client: WireClient, holder: Any) -> None:
    for _ in range(5):
        assert refusal(client.json("/api/v2/sign/pdf", v2_body(passphrase="salah"))) == 2031
    told = client.json("/api/v2/sign/pdf", v2_body(passphrase="salah"))
    assert refusal(told) == 2033
    assert int(told.headers["Retry-After"]) > 0


def test_an_application_asks_only_what_it_may(client: WireClient, holder: Any) -> None:
    client.change(scopes=frozenset({Scope.STATUS}))
    assert refusal(client.json("/api/v2/sign/pdf", v2_body())) == 4051
    client.change(scopes=frozenset(Scope), daily_quota=0)
    assert refusal(client.json("/api/v2/sign/pdf", v2_body())) == 4052
    client.change(daily_quota=10, both_factors=True)
    assert refusal(client.json("/api/v2/sign/pdf", v2_body())) == 2036
    client.change(both_factors=False, addresses=("10.9.0.0/16",))
    assert refusal(client.json("/api/v2/sign/pdf", v2_body())) == 4053
    client.change(addresses=("10.0.0.0/8",), level=Level.B_LT)
    assert client.json("/api/v2/sign/pdf", v2_body()).status == 200
    assert SigningRecord.objects.get().level == "B-LT"


def test_an_application_that_wants_both_factors_signs_with_both(
    client: WireClient, holder: Any, instance: Instance
) -> None:
    client.change(both_factors=True)
    assert refusal(client.json("/api/v2/sign/pdf", v2_body())) == 2036
    code = totp.code_at(totp.read_base32(holder.totp_secret), instance.clock.now())
    assert client.json("/api/v2/sign/pdf", v2_body(totp=code)).status == 200
    assert SigningRecord.objects.get().factors == "passphrase+totp"


def test_a_body_in_chunks_is_read_and_one_that_is_too_large_is_not(client: WireClient, holder: Any) -> None:
    body = json.dumps(v2_body()).encode()
    environ = client.requests.post("/api/v2/sign/pdf", body, content_type="application/json").environ
    chunked = {name: value for name, value in environ.items() if name != "CONTENT_LENGTH"}
    chunked |= {"HTTP_TRANSFER_ENCODING": "chunked", "wsgi.input": io.BytesIO(body)}
    assert client.replay(chunked).status == 200
    assert refusal(client.replay(environ | {"CONTENT_LENGTH": str(200 * 1024 * 1024)})) == 4007
    assert refusal(client.replay(environ | {"CONTENT_LENGTH": "banyak"})) == 4003


def test_a_signature_costs_a_known_number_of_questions(
    client: WireClient, holder: Any, django_assert_max_num_queries: Any
) -> None:
    client.json("/api/v2/sign/pdf", v2_body(signatureProperties=[{"tampilan": "INVISIBLE", "reason": "satu"}]))
    asked = v2_body(signatureProperties=[{"tampilan": "INVISIBLE", "reason": "dua"}])
    # Reads: person, certificate, same request, authority. Written before: intention, ledger, use; after: use of the
    # key, ledger, use, what was added. Each of the two transactions begins and ends.
    with django_assert_max_num_queries(15):
        answer = client.json("/api/v2/sign/pdf", asked)
    assert answer.status == 200
