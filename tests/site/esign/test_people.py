"""What an application is told of people: words, profiles, chains, and nothing of those who are none of its business."""

import base64
import itertools
from datetime import timedelta
from typing import Any

import pytest
from tests.fixtures_instance import NIK, Instance, Walk, agency_value
from tests.site.esign.conftest import OPERATOR, WireClient

from absah.kernel.clock import instant
from absah.pki.certificates import load_certificate
from absah_site.actors import Operator
from absah_site.applications import actions
from absah_site.applications.access import Reach, Scope
from absah_site.enrolment import actions as enrolment
from absah_site.pki import access as register
from absah_site.pki import actions as pki


def test_v1_answers_numbers_and_v2_texts_of_digits(client: WireClient, holder: Any) -> None:
    sentence = "User sudah terdaftar dan memiliki sertifikat dengan status ISSUE"
    assert client.get(f"/api/user/status/{NIK}").json == {"status_code": 1111, "status": "ISSUE", "message": sentence}
    told = client.json("/api/v2/user/check/status", {"nik": NIK})
    assert told.body.decode() == f'{{"status_code":"1111","message":"{sentence}","status":"ISSUE"}}'
    by_mail = client.json("/api/v2/user/check/status", {"email": "rina.lestari@sagarabiru.example"})
    assert by_mail.json["status"] == "ISSUE"


@pytest.mark.parametrize("body", [{"nik": "9999014107900009"}, {"nik": ""}, {}, {"nik": "x"}, {"email": "x"}])
def test_nobody_is_answered_with_200_in_both_versions(client: WireClient, holder: Any, body: dict) -> None:
    told = client.json("/api/v2/user/check/status", body)
    assert (told.status, told.json["status_code"], told.json["status"]) == (200, "2011", "NOT_REGISTERED")
    v1 = client.get("/api/user/status/9999014107900009")
    assert v1.json == {"status_code": 1110, "status": "NOT_REGISTERED", "message": "User belum terdaftar"}


def test_the_word_follows_the_certificate(client: WireClient, walk: Walk) -> None:
    walk.entered()
    assert client.get(f"/api/user/status/{NIK}").json["status"] == "WAITING_FOR_VERIFICATION"


def test_a_suspended_certificate_says_so(client: WireClient, holder: Any) -> None:
    pki.suspend_certificate(holder.serial, by=Operator(name="test"))
    assert client.get(f"/api/user/status/{NIK}").json["status"] == "SUSPEND"


def test_a_profile_tells_what_the_agency_entered(client: WireClient, holder: Any) -> None:
    told = client.get(f"/api/user/profile/{NIK}").json
    assert told["success"] is True
    assert told["data"]["nama"] == "Dr. Rina Ayu Lestari, M.Kom."
    assert (told["data"]["nip"], told["data"]["status_user"]) == ("199007012015032001", "ISSUE")
    (certificate,) = told["data"]["sertifikat"]
    assert certificate["jenis_sertifikat"] == "INDIVIDU"
    assert certificate["berlaku_sampai"][2] == certificate["berlaku_sampai"][5] == "-"
    unknown = client.get("/api/user/profile/9999014107900009")
    assert (unknown.status, unknown.json["status_code"]) == (400, 2011)


def test_a_chain_is_leaf_issuer_root_in_base64(client: WireClient, holder: Any) -> None:
    for path in (
        f"/api/v2/user/certificate/chain/{NIK}",
        "/api/user/certificate/chain/rina.lestari@sagarabiru.example",
    ):
        told = client.get(path).json
        chain = [load_certificate(base64.b64decode(one)) for one in told["data"]]
        assert len(chain) == 3
        for below, above in itertools.pairwise(chain):
            below.verify_directly_issued_by(above)


def test_certificates_that_end_soon_are_listed(client: WireClient, holder: Any, instance: Instance) -> None:
    assert client.get("/api/entity/cert/expired").json == {"success": True, "data": []}
    instance.clock.moment = instant(register.certificate(holder.serial).not_after - timedelta(days=30))
    (one,) = client.get("/api/entity/cert/expired").json["data"]
    assert one["status"] == "ISSUE"


def test_people_of_another_agency_are_nobody_unless_the_authority_opened_it(client: WireClient, holder: Any) -> None:
    other = enrolment.register_agency(
        agency_value(code="lain", organisation_identifier="NTRID-9999000000000025"), by=OPERATOR
    ).id
    drawn = actions.register_application(
        actions.NewApplication(
            agency=other,
            unit="x",
            owner="",
            name="Lain",
            purpose="x",
            username="aplikasi-lain",
            scopes=frozenset(Scope),
        ),
        by=OPERATOR,
    )
    foreign = WireClient(drawn.application, drawn.password)
    assert foreign.get(f"/api/user/status/{NIK}").json["status_code"] == 1110
    foreign.change(reach=Reach.EVERYBODY)
    assert foreign.get(f"/api/user/status/{NIK}").json["status_code"] == 1111


def test_codes_come_from_the_app_and_only_for_people_one_knows(client: WireClient, holder: Any) -> None:
    told = client.json("/api/v2/sign/get/totp", {"nik": NIK, "data": "2"})
    assert (told.json["success"], told.json["data"]) == (True, None)
    assert client.json("/api/v2/sign/get/totp", {"nik": "9999014107900009", "data": 1}).json["status_code"] == 2011
