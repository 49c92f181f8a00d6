"""Where every mark is meant: a field and a signature for each, all or none, and one attempt in the record."""

import base64
from typing import Any

import pytest
from tests.fakes.documents import page_with
from tests.fixtures_instance import NIK, PASSPHRASE
from tests.site.esign.conftest import WireClient

from absah.adapters.signer import wire
from absah.esign.asks import Reading
from absah.pdf.intake import inspect
from absah.signing.placement import Occurrence
from absah_site.applications.models import Use
from absah_site.signing.models import SigningRecord

TWO = " BT /F1 24 Tf 200 200 Td (#) Tj ET BT /F1 24 Tf 50 120 Td (#) Tj ET"
ONE = " BT /F1 24 Tf 200 200 Td (#) Tj ET"


@pytest.fixture
def client(client: WireClient, holder: Any) -> WireClient:
    client.change(reading=Reading(occurrence=Occurrence.EVERY))
    return client


def body(*documents: bytes, **changes: Any) -> dict[str, Any]:
    properties = {"tampilan": "VISIBLE", "tag_koordinat": "#", "width": 90, "height": 40}
    files = [base64.b64encode(one).decode() for one in documents]
    return {"nik": NIK, "passphrase": PASSPHRASE, "signatureProperties": [properties], "file": files} | changes


def signed(answer: Any) -> list[bytes]:
    assert answer.status == 200, answer.body
    return [base64.b64decode(one) for one in answer.json["file"]]


def test_each_mark_gets_a_field_and_a_signature_of_its_own(client: WireClient) -> None:
    (document,) = signed(client.json("/api/v2/sign/pdf", body(page_with(TWO))))
    fields = inspect(document).fields
    assert sorted(round(field.rect.left, -1) for field in fields if field.rect) == [50, 200]
    assert len({field.name for field in fields}) == 2
    told = client.json("/api/v2/verify/pdf", {"file": base64.b64encode(document).decode()}).json
    assert (told["conclusion"], told["signatureCount"]) == ("VALID", 2)
    use = Use.objects.get(operation="v2.sign")
    assert use.state == "done"
    assert len(use.signatures) == SigningRecord.objects.filter(state="signed").count() == 2


def test_documents_with_more_and_fewer_marks_come_back_in_their_order(client: WireClient) -> None:
    files = signed(client.json("/api/v2/sign/pdf", body(page_with(ONE), page_with(TWO), page_with(ONE))))
    assert [len(inspect(one).fields) for one in files] == [1, 2, 1]
    use = Use.objects.get(operation="v2.sign")
    assert (len(use.outputs), len(use.signatures)) == (3, 4)


def test_the_same_request_gets_the_same_answer(client: WireClient) -> None:
    asked = body(page_with(TWO))
    assert signed(client.json("/api/v2/sign/pdf", asked)) == signed(client.json("/api/v2/sign/pdf", asked))
    assert SigningRecord.objects.count() == 2


def test_a_code_is_good_for_one_signature(client: WireClient) -> None:
    answer = client.json("/api/v2/sign/pdf", body(page_with(TWO), totp="123456"))
    assert answer.json["status_code"] == 4071
    assert not SigningRecord.objects.exists()


def test_too_many_marks_are_refused(client: WireClient) -> None:
    many = " ".join(f"BT /F1 8 Tf {20 + 20 * (n % 10)} {250 - 30 * (n // 10)} Td (#) Tj ET" for n in range(21))
    assert client.json("/api/v2/sign/pdf", body(page_with(" " + many))).json["status_code"] == 4072


def test_no_mark_at_all_is_refused_as_ever(client: WireClient) -> None:
    assert client.json("/api/v2/sign/pdf", body(page_with(" "))).json["status_code"] == 4062


def test_what_fails_between_two_rounds_hands_nothing_out_and_is_recorded(client: WireClient, walk: Any) -> None:
    signer, real = walk.instance.signer, walk.instance.signer.ask

    def fails_later(request: Any, expected: type) -> Any:
        if sum(kind is wire.SignAtOnce for kind in signer.asked) == 1 and isinstance(request, wire.SignAtOnce):
            signer.away = wire.SignAtOnce
        return real(request, expected)

    signer.ask = fails_later
    answer = client.json("/api/v2/sign/pdf", body(page_with(TWO)))
    assert answer.json["status_code"] == 5031
    use = Use.objects.get(operation="v2.sign")
    assert (use.state, use.outputs, len(use.signatures)) == ("refused", [], 2)
    assert sorted(SigningRecord.objects.values_list("state", flat=True)) == ["failed", "signed"]
