"""Policies: drafted by one, published by another, delivered to every agency, received by somebody there."""

from datetime import date, timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import IntegrityError, transaction
from django.test import Client
from tests.fixtures_instance import PASSWORD, agency_value

from absah.adapters.files import DocumentNotKept
from absah.pki.algorithms import DigestAlgorithm
from absah.pki.oids import TEST_ARC
from absah_site.accounts.access import NotPermitted
from absah_site.actors import Operator
from absah_site.audit.access import entries_about
from absah_site.enrolment import actions as enrolment
from absah_site.repository import access, actions, models
from absah_site.repository.access import PolicyKind, PolicyUnknown
from absah_site.repository.actions import (
    AlreadyPublished,
    Draft,
    PolicyUnfit,
    RealPolicyOid,
    SecondApproverNeeded,
    VersionExists,
)
from absah_site.roles import Role

PDF = b"%PDF-1.7\nkebijakan"


@pytest.fixture
def people(office, instance):
    return {
        "drafts": instance.officer("stefanus", Role.OPERATOR),
        "approves": instance.officer("melati", Role.CA),
        "receives": instance.officer("nadira", Role.AGREEMENT_OFFICER, agency=str(office.agency)),
        "elsewhere": instance.officer("asing", Role.AGREEMENT_OFFICER, agency="another"),
        "ra": office.ra,
    }


def draft(**changes) -> Draft:
    values = {
        "kind": PolicyKind.CP,
        "version": "1.0",
        "title": "Kebijakan Sertifikat (uji coba)",
        "oid": f"{TEST_ARC}.9.1",
        "effective": date(2026, 11, 20),
        "content": PDF,
    }
    return Draft(**(values | changes))


def signed_in(username: str) -> Client:
    client = Client()
    client.post("/masuk/", {"username": username, "password": PASSWORD})
    return client


def test_a_version_goes_from_one_to_another_person_to_the_shelf_and_to_the_agencies(people, office, instance):
    made = actions.draft_policy(draft(), by=people["drafts"])
    assert Client().get(f"/repo/policy/{made.file_name}").status_code == 404
    actions.publish_policy(PolicyKind.CP, "1.0", by=people["approves"])
    served = Client().get(f"/repo/policy/{made.file_name}")
    assert (served.content, served["Content-Type"]) == (PDF, "application/pdf")
    assert made.sha256 == DigestAlgorithm.SHA256.digest(PDF).hex()
    waiting = access.deliveries_for(people["receives"])
    assert [(one.policy.version, one.received_at) for one in waiting] == [("1.0", None)]
    assert access.deliveries_for(people["elsewhere"]) == ()
    actions.receive_policy(PolicyKind.CP, "1.0", office.agency, by=people["receives"])
    kept = access.all_policies()
    assert [(one.delivered, one.received) for one in kept] == [(1, 1)]
    assert [entry.tag.value for entry in entries_about(made.reference)] == [
        "policies:document:received",
        "policies:document:delivered",
        "policies:document:published",
        "policies:document:drafted",
    ]
    with pytest.raises(PolicyUnknown):
        actions.receive_policy(PolicyKind.CP, "1.0", office.agency, by=people["receives"])
    assert actions.deliver_to_newcomers() is None


def test_an_agency_that_joins_later_gets_what_is_in_force_and_what_will_be(people, office, instance):
    for version, effective in (("1.0", date(2026, 1, 1)), ("1.1", date(2026, 11, 20)), ("2.0", date(2027, 1, 1))):
        actions.draft_policy(draft(version=version, effective=effective), by=people["drafts"])
        actions.publish_policy(PolicyKind.CP, version, by=people["approves"])
    actions.draft_policy(draft(version="3.0"), by=people["drafts"])
    newcomer = enrolment.register_agency(
        agency_value(code="baru", organisation_identifier="NTRID-9999000000000025"), by=Operator(name="test")
    ).id
    assert actions.deliver_to_newcomers() == "2 delivered"
    assert {one.policy.version for one in access.deliveries_to(str(newcomer))} == {"1.1", "2.0"}
    assert actions.deliver_to_newcomers() is None
    assert len(access.deliveries_to(str(office.agency))) == 3


def test_nobody_publishes_alone_twice_or_without_the_role(people, office):
    actions.draft_policy(draft(), by=people["approves"])
    with pytest.raises(SecondApproverNeeded):
        actions.publish_policy(PolicyKind.CP, "1.0", by=people["approves"])
    for person in ("drafts", "ra", "receives"):
        with pytest.raises(NotPermitted):
            actions.publish_policy(PolicyKind.CP, "1.0", by=people[person])
    with pytest.raises(NotPermitted):
        actions.draft_policy(draft(version="2"), by=people["ra"])
    with pytest.raises(NotPermitted):
        actions.receive_policy(PolicyKind.CP, "1.0", office.agency, by=people["elsewhere"])
    with pytest.raises(PolicyUnknown):
        actions.publish_policy(PolicyKind.CP, "9", by=people["approves"])
    row = models.Policy.objects.get()
    with pytest.raises(IntegrityError), transaction.atomic():
        models.Policy.objects.filter(pk=row.pk).update(approved_by=row.drafted_by, approved_at=row.drafted_at)


def test_a_published_version_is_never_changed(people):
    actions.draft_policy(draft(), by=people["drafts"])
    actions.publish_policy(PolicyKind.CP, "1.0", by=people["approves"])
    with pytest.raises(AlreadyPublished):
        actions.publish_policy(PolicyKind.CP, "1.0", by=people["approves"])
    with pytest.raises(VersionExists):
        actions.draft_policy(draft(content=PDF + b"2"), by=people["drafts"])


def test_a_draft_whose_file_is_lost_is_not_published(people, instance):
    made = actions.draft_policy(draft(), by=people["drafts"])
    (instance.config.documents / made.sha256[:2] / made.sha256).unlink()
    with pytest.raises(DocumentNotKept):
        actions.publish_policy(PolicyKind.CP, "1.0", by=people["approves"])
    assert access.all_policies()[0].policy.approved_at is None


@pytest.mark.parametrize(
    "changes", [{"version": "v1"}, {"version": "1/../2"}, {"oid": "one.two"}, {"title": " "}, {"content": b"no pdf"}]
)
def test_an_unfit_draft_is_refused(people, changes):
    with pytest.raises(PolicyUnfit):
        actions.draft_policy(draft(**changes), by=people["drafts"])


def test_a_trial_names_no_real_policy(people):
    with pytest.raises(RealPolicyOid):
        actions.draft_policy(draft(oid="1.2.3.4"), by=people["drafts"])


def test_the_version_in_force_is_the_newest_that_has_begun(people, instance):
    for version, effective in (("1.0", date(2026, 1, 1)), ("1.1", date(2026, 11, 20)), ("2.0", date(2026, 12, 1))):
        actions.draft_policy(draft(version=version, effective=effective), by=people["drafts"])
        actions.publish_policy(PolicyKind.CP, version, by=people["approves"])
    versions = access.published_policies(now=instance.clock.now())[0]
    assert versions.current.version == "1.1"
    assert [policy.version for policy in versions.coming] == ["2.0"]
    assert [policy.version for policy in versions.earlier] == ["1.0"]
    instance.clock.advance(timedelta(days=30))
    assert access.published_policies(now=instance.clock.now())[0].current.version == "2.0"
    page = Client().get("/repositori/").content.decode()
    assert "cp-1.0.pdf" in page
    assert "Versi 2.0 berlaku" in page


def test_the_pages_take_a_version_from_hand_to_hand(people, office):
    operator, head, officer = signed_in("stefanus"), signed_in("melati"), signed_in("nadira")
    form = {"kind": "cps", "version": "1.0", "title": "CPS", "oid": f"{TEST_ARC}.9.2", "effective": "2026-11-20"}
    sent = operator.post("/repositori/kelola/", form | {"file": SimpleUploadedFile("cps.pdf", PDF)})
    assert sent.status_code == 302
    page = operator.get("/repositori/kelola/").content.decode()
    assert "Menunggu orang kedua" in page
    assert "Terbitkan cps-1.0.pdf" not in page
    assert "Terbitkan cps-1.0.pdf" in head.get("/repositori/kelola/").content.decode()
    assert operator.post("/repositori/kelola/cps/1.0/terbit/").status_code == 403
    assert head.post("/repositori/kelola/cps/1.0/terbit/").status_code == 302
    assert head.post("/repositori/kelola/xx/1.0/terbit/").status_code == 404
    assert "Giliran Anda" in officer.get("/repositori/kiriman/").content.decode()
    assert officer.post(f"/repositori/kiriman/cps/1.0/{office.agency}/").status_code == 302
    assert "Semua kebijakan sudah diterima" in officer.get("/repositori/kiriman/").content.decode()
    again = operator.post("/repositori/kelola/", form | {"file": SimpleUploadedFile("cps.pdf", PDF)})
    assert again.status_code == 409
    assert "cps-1.0.pdf sudah ada" in again.content.decode()
    assert operator.post("/repositori/kelola/", form).status_code == 400
    assert signed_in("rara").get("/repositori/kelola/").status_code == 403


def test_the_number_of_queries_of_the_pages_does_not_grow(people, django_assert_max_num_queries):
    for version in ("1.0", "1.1", "1.2"):
        actions.draft_policy(draft(version=version), by=people["drafts"])
        actions.publish_policy(PolicyKind.CP, version, by=people["approves"])
    head, officer = signed_in("melati"), signed_in("nadira")
    with django_assert_max_num_queries(8):
        head.get("/repositori/kelola/")
    with django_assert_max_num_queries(8):
        officer.get("/repositori/kiriman/")
    with django_assert_max_num_queries(1):
        Client().get("/repositori/")
