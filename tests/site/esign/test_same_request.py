"""The same request again: one answer, authorised each time, for ten minutes; and what a timeout leaves to be seen."""

import base64
from datetime import timedelta
from typing import Any

from tests.fakes.documents import page_with
from tests.fixtures_instance import Instance
from tests.site.esign.conftest import OPERATOR, WireClient
from tests.site.esign.test_signing import refusal, v2_body

from absah.adapters import totp
from absah_site.applications import actions
from absah_site.applications.models import Addition, Use
from absah_site.audit.access import latest_entries
from absah_site.pki import actions as pki
from absah_site.signing.models import SigningRecord

SIGN = "/api/v2/sign/pdf"


def test_the_same_request_gets_the_same_document_and_no_second_signature(client: WireClient, holder: Any) -> None:
    first, again = (client.json(SIGN, v2_body()) for _ in range(2))
    assert first.json["file"] == again.json["file"]
    assert SigningRecord.objects.count() == 1
    newest = Use.objects.exclude(repeats=None).get()
    assert (newest.state, newest.signatures) == ("done", [str(SigningRecord.objects.get().pk)])
    assert latest_entries()[0][1].tag.value == "applications:answer:repeated"


def test_another_property_another_document_or_another_time_is_another_request(
    client: WireClient, holder: Any, instance: Instance
) -> None:
    client.json(SIGN, v2_body())
    client.json(SIGN, v2_body(signatureProperties=[{"tampilan": "INVISIBLE", "reason": "lain"}]))
    other = base64.b64encode(page_with(pages=2)).decode()
    client.json(SIGN, v2_body(file=[other]))
    assert SigningRecord.objects.count() == 3
    instance.clock.advance(timedelta(minutes=11))
    client.json(SIGN, v2_body())
    assert SigningRecord.objects.count() == 4


def test_it_is_authorised_again_and_the_certificate_must_still_be_good(client: WireClient, holder: Any) -> None:
    client.json(SIGN, v2_body())
    assert refusal(client.json(SIGN, v2_body(passphrase="bukan ini"))) == 2031
    pki.suspend_certificate(holder.serial, by=OPERATOR)
    assert refusal(client.json(SIGN, v2_body())) == 2024


def test_the_same_one_time_code_is_good_for_the_same_answer_once_more(
    client: WireClient, holder: Any, instance: Instance
) -> None:
    code = totp.code_at(totp.read_base32(holder.totp_secret), instance.clock.now())
    first = client.json(SIGN, v2_body(totp=code))
    assert first.status == 200, first.body
    again = client.json(SIGN, v2_body(totp=code))
    assert again.json["file"] == first.json["file"]
    assert refusal(client.json(SIGN, v2_body(totp=code))) == 2032
    other = v2_body(totp=code, signatureProperties=[{"tampilan": "INVISIBLE", "reason": "lain"}])
    assert refusal(client.json(SIGN, other)) == 2032


def test_one_that_is_under_way_is_not_begun_twice(client: WireClient, holder: Any, instance: Instance) -> None:
    client.json(SIGN, v2_body())
    Addition.objects.all().delete()
    Use.objects.update(state="begun", ended_at=None)
    assert refusal(client.json(SIGN, v2_body())) == 4091
    instance.clock.advance(timedelta(minutes=2))
    assert client.json(SIGN, v2_body()).status == 200


def test_what_a_dead_process_left_is_ended_and_what_was_kept_is_forgotten(
    client: WireClient, holder: Any, instance: Instance
) -> None:
    client.json(SIGN, v2_body())
    Use.objects.update(state="begun", ended_at=None)
    instance.clock.advance(timedelta(minutes=11))
    assert actions.reconcile() == 1
    use = Use.objects.get()
    assert (use.state, use.code, use.number) == ("refused", "register.signing-interrupted", 4092)
    assert not Addition.objects.exists()
