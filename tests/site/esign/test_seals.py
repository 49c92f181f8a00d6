"""Seals over the wire: activated by a person, for a day, with a one-time code for so many files, all or none."""

import base64
from datetime import timedelta
from typing import Any

import pytest
from tests.fakes.documents import page_with
from tests.fixtures_instance import Instance, Office, agency_value
from tests.site.esign.conftest import OPERATOR, WireClient
from tests.site.esign.test_signing import refusal

from absah.adapters.signer import wire
from absah.adapters.signer.errors import SignerUnreachable
from absah.kernel.messages import Language
from absah_site.accounts.access import NotPermitted
from absah_site.applications.access import Scope
from absah_site.applications.models import Use
from absah_site.enrolment import actions as enrolment
from absah_site.notices import access as notices
from absah_site.roles import Role
from absah_site.seals import actions as seals
from absah_site.seals.models import Seal as SealRow
from absah_site.signing.models import SigningRecord

FILES = [base64.b64encode(page_with(pages=number)).decode() for number in (1, 2)]


@pytest.fixture
def seal(client: WireClient, office: Office):
    return seals.make_seal(office.agency, "Surat Dinas", by=OPERATOR)


@pytest.fixture
def activation(seal) -> str:
    return seals.activate(seal.number, by=OPERATOR).code


def code_for(client: WireClient, seal: Any, activation: str, files: int) -> str:
    told = client.json("/api/v2/seal/get/totp", {"idSubscriber": seal.number, "totp": activation, "data": str(files)})
    assert told.json["result"] is True, told.body
    assert told.json["expires"].endswith("+0000")
    return told.json["totp"]


def sealing(seal: Any, code: str, files: list[str]) -> dict[str, Any]:
    properties = [{"tampilan": "INVISIBLE"}]
    return {"idSubscriber": seal.number, "totp": code, "signatureProperties": properties, "file": files}


def test_a_one_time_code_seals_as_many_files_as_it_was_made_for_once(client: WireClient, seal, activation: str) -> None:
    code = code_for(client, seal, activation, 2)
    assert len(code) == 6
    told = client.json("/api/v2/seal/pdf", sealing(seal, code, FILES))
    assert set(told.json) == {"time", "file"}, told.body
    assert len(told.json["file"]) == 2
    assert {one.holder for one in SigningRecord.objects.all()} == {seal.number}
    use = Use.objects.get(operation="v2.seal")
    assert (use.state, use.factors, use.holder, len(use.signatures)) == ("done", "totp", seal.number, 2)
    verdict = client.json("/api/v2/verify/pdf", {"file": told.json["file"][0]}).json
    assert (verdict["conclusion"], verdict["signatureInformations"][0]["signerName"]) == ("VALID", "Surat Dinas")
    other = sealing(seal, code, [*FILES[:1], base64.b64encode(page_with(pages=3)).decode()])
    assert refusal(client.json("/api/v2/seal/pdf", other)) == 2032


def test_a_code_for_another_number_of_files_opens_nothing(client: WireClient, seal, activation: str) -> None:
    code = code_for(client, seal, activation, 1)
    assert refusal(client.json("/api/v2/seal/pdf", sealing(seal, code, FILES))) == 2032
    assert {one.state for one in SigningRecord.objects.all()} == {"failed"}


def test_the_code_of_the_day_is_prolonged_and_ends(
    client: WireClient, seal, activation: str, instance: Instance
) -> None:
    asked = {"idSubscriber": seal.number, "totp": activation}
    told = client.json("/api/v2/seal/get/activation", asked).json
    assert (told["success"], told["message"], told["data"]["totp"]) == (True, None, activation)
    instance.clock.advance(timedelta(hours=23))
    assert client.json("/api/v2/seal/get/activation", asked).status == 200
    instance.clock.advance(timedelta(hours=23))
    assert client.json("/api/v2/seal/get/totp", asked | {"data": 1}).json["result"] is True
    assert client.json("/api/v2/seal/revoke/activation", asked).json["success"] is True
    refused = client.json("/api/v2/seal/get/totp", asked | {"data": 1})
    assert (refused.status, refused.json["result"], refused.json["totp"]) == (200, False, None)
    assert refusal(client.json("/api/v2/seal/get/activation", asked)) == 2038


def test_who_may_open_the_seal_is_told_that_an_application_waits_once_an_hour(
    client: WireClient, seal, instance: Instance
) -> None:
    asked = {"idSubscriber": seal.number}
    assert refusal(client.json("/api/v2/seal/get/activation", asked)) == 2013  # nobody is there to be told
    admin = instance.officer("nirmala", Role.AGENCY_ADMIN, agency=seal.agency)
    for _ in range(2):
        assert client.json("/api/v2/seal/get/activation", asked).json == {
            "success": True,
            "message": "TOTP Aktivasi berhasil dikirim",
            "data": None,
        }
    [notice] = notices.inbox(admin.reference, page=1)[0]
    assert "Surat Dinas" in notice.content.said(Language.INDONESIAN).subject
    instance.clock.advance(timedelta(hours=1))
    client.json("/api/v2/seal/get/activation", asked)
    assert len(notices.inbox(admin.reference, page=1)[0]) == 2


def test_wrong_codes_are_slowed_and_a_new_one_ends_the_old(client: WireClient, seal, activation: str) -> None:
    wrong = {"idSubscriber": seal.number, "totp": "0000000000"}
    assert [refusal(client.json("/api/v2/seal/get/activation", wrong)) for _ in range(6)] == [2032] * 5 + [2033]
    newer = seals.activate(seal.number, by=OPERATOR).code
    assert newer != activation


def test_a_seal_is_its_agencys_alone(client: WireClient, seal, activation: str, office: Office, instance) -> None:
    stranger = instance.officer("asing", Role.AGENCY_ADMIN, agency="0" * 32)
    with pytest.raises(NotPermitted):
        seals.activate(seal.number, by=stranger)
    other = enrolment.register_agency(
        agency_value(code="lain", organisation_identifier="NTRID-9999000000000025"), by=OPERATOR
    ).id
    theirs = seals.make_seal(other, "Segel Lain", by=OPERATOR)
    assert refusal(client.json("/api/v2/seal/get/activation", {"idSubscriber": theirs.number})) == 2012
    client.change(scopes=frozenset({Scope.SIGN}))
    asked = {"idSubscriber": seal.number, "totp": activation}
    assert refusal(client.json("/api/v2/seal/get/activation", asked)) == 4051
    assert refusal(client.json("/api/v2/seal/pdf", sealing(seal, "123456", FILES))) == 4051


def test_what_stops_in_the_middle_of_making_is_undone(client: WireClient, office: Office, instance: Instance) -> None:
    instance.signer.away = wire.AttachCertificate
    with pytest.raises(SignerUnreachable):
        seals.make_seal(office.agency, "Setengah", by=OPERATOR)
    instance.signer.away = None
    instance.clock.advance(timedelta(minutes=11))
    SealRow.objects.update(state="making")
    assert seals.reconcile() == 1
    assert SealRow.objects.get().state == "undone"
