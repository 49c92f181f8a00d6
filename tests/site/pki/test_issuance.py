"""The register: intention before the key is used, result after, nothing in it that was not signed."""

from contextlib import contextmanager
from datetime import timedelta
from types import SimpleNamespace

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec
from django.db import IntegrityError, transaction
from tests.fakes.signer_in_process import ProcessDied
from tests.fixtures_instance import Instance, agency_value, applicant_value

from absah.adapters.signer import wire
from absah.adapters.signer.errors import SignerUnreachable
from absah.adapters.signer.preparation import Preparation
from absah.enrolment.agency import certificate_subject
from absah.enrolment.subscriber import SubscriberNumber
from absah.kernel.clock import SystemClock
from absah.pki.algorithms import public_key_of
from absah.pki.certificates import load_certificate
from absah.pki.issuance import KeyNotInProfile
from absah.signing.ports import CredentialId
from absah_site.accounts.access import NotPermitted
from absah_site.actors import Operator
from absah_site.audit.access import latest_entries
from absah_site.audit.actions import LedgerNotWritten
from absah_site.pki import access, store
from absah_site.pki import actions as pki
from absah_site.pki.access import AuthorityUnknown, CertificateUnknown, NoIssuingAuthority
from absah_site.pki.actions import issuance, issuance_requests
from absah_site.pki.actions.eligibility import SerialTaken
from absah_site.pki.actions.issuance import IssuanceGivenUp
from absah_site.pki.models import Authority, Certificate, CrlPublication, IssuanceIntent
from absah_site.pki.store import AuthorityKind
from absah_site.roles import Role

BY = Operator(name="test")


def serials_on_list() -> list[str]:
    """What the next list of the issuing CA would hold."""
    packed = b"".join(store.packed_entries("issuing-ca", 0, this_update=SystemClock().now()))
    return [packed[start : start + 20].hex().lstrip("0") for start in range(0, len(packed), 29)]


def wanted(name: str = "k1", **changes) -> pki.IssuanceRequest:
    values = {
        "profile": "individual-signer",
        "subject": certificate_subject(applicant_value(), agency_value(), SubscriberNumber("ABCDEFGH23")),
        "public_key": public_key_of(ec.generate_private_key(ec.SECP256R1())),
        "credential": CredentialId(name),
        "holder": "ABCDEFGH23",
        "agency": "agency-1",
    }
    return pki.IssuanceRequest(**(values | changes))


def test_an_issued_certificate_is_in_the_register_with_its_intention_concluded(instance: Instance) -> None:
    issued = pki.issue_certificate(wanted(), by=BY)
    row = Certificate.objects.get(serial=issued.serial)
    assert bytes(row.der) == issued.certificate
    assert IssuanceIntent.objects.get(serial=issued.serial).state == "issued"
    assert [entry.tag.value for _, entry in latest_entries()[:2]] == [
        "pki:certificate:issued",
        "pki:certificate:intended",
    ]
    assert len(issued.chain) == 2
    parsed = load_certificate(issued.certificate)
    assert row.serial == f"{parsed.serial_number:032x}"
    assert row.subject == parsed.subject.rfc4514_string()
    assert (row.not_before, row.not_after) == (parsed.not_valid_before_utc, parsed.not_valid_after_utc)
    assert parsed.not_valid_after_utc <= load_certificate(issued.chain[0]).not_valid_after_utc


def test_only_the_registration_authority_has_certificates_issued(instance: Instance) -> None:
    ra, other = instance.officer("rara", Role.RA), instance.officer("lain", Role.VERIFIKATOR)
    with pytest.raises(NotPermitted):
        pki.issue_certificate(wanted(), by=other)
    assert not IssuanceIntent.objects.exists()
    pki.issue_certificate(wanted(), by=ra)


def test_an_order_that_the_signer_refuses_is_concluded_as_failed_and_is_not_on_the_crl(instance: Instance) -> None:
    ed = ec.generate_private_key(ec.SECP521R1())
    from absah.pki.algorithms import KeyNotAllowed

    with pytest.raises((KeyNotInProfile, KeyNotAllowed)) as refused:
        pki.issue_certificate(wanted(public_key=public_key_of(ed)), by=BY)
    intent = IssuanceIntent.objects.get()
    assert (intent.state, intent.error) == ("failed", refused.value.code)
    assert serials_on_list() == []


def test_a_signer_that_is_not_there_leaves_no_serial_behind(instance: Instance) -> None:
    instance.signer.away = wire.BeginIssuance
    with pytest.raises(SignerUnreachable):
        pki.issue_certificate(wanted(), by=BY)
    assert not IssuanceIntent.objects.exists()


def test_a_signer_that_breaks_off_may_have_signed_so_the_serial_is_given_up_and_listed(instance: Instance) -> None:
    instance.signer.away = wire.FinishIssuance
    with pytest.raises(SignerUnreachable):
        pki.issue_certificate(wanted(), by=BY)
    intent = IssuanceIntent.objects.get()
    assert intent.state == "abandoned"
    assert serials_on_list() == [intent.serial]


def test_a_signer_that_dies_before_it_was_asked_to_sign_leaves_nothing_to_be_listed(instance, monkeypatch) -> None:
    def gone(_preparation):
        raise SignerUnreachable

    monkeypatch.setattr(Preparation, "wait", gone)
    with pytest.raises(SignerUnreachable):
        pki.issue_certificate(wanted(), by=BY)
    assert IssuanceIntent.objects.get().state == "failed"
    assert serials_on_list() == []


@contextmanager
def refused_at_the_end(**_):
    """A transaction of which the ledger refuses the row together with COMMIT."""
    with transaction.atomic():
        yield
        raise LedgerNotWritten


def test_what_was_prepared_is_withdrawn_where_the_intention_cannot_be_committed(instance, monkeypatch) -> None:
    monkeypatch.setattr(issuance, "transaction", SimpleNamespace(atomic=refused_at_the_end))
    with pytest.raises(LedgerNotWritten):
        pki.issue_certificate(wanted(), by=BY)
    monkeypatch.undo()
    assert not IssuanceIntent.objects.exists()
    assert instance.signer.asked[-2:] == [wire.BeginIssuance, wire.WithdrawIssuance]


def test_why_an_intention_was_not_committed_is_told_whatever_the_signer_says_meanwhile(instance, monkeypatch) -> None:
    refused_by_signer = public_key_of(ec.generate_private_key(ec.SECP521R1()))
    monkeypatch.setattr(issuance, "transaction", SimpleNamespace(atomic=refused_at_the_end))
    with pytest.raises(LedgerNotWritten):
        pki.issue_certificate(wanted(public_key=refused_by_signer), by=BY)
    monkeypatch.undo()
    assert instance.signer.asked[-1] is wire.BeginIssuance
    assert not IssuanceIntent.objects.exists()


@pytest.mark.parametrize("moment", ["die_before", "die_after"])
def test_an_intention_of_a_dead_process_is_given_up_after_ten_minutes(instance: Instance, moment: str) -> None:
    setattr(instance.signer, moment, wire.FinishIssuance)
    with pytest.raises(ProcessDied):
        pki.issue_certificate(wanted(), by=BY)
    assert IssuanceIntent.objects.get().state == "intended"
    assert pki.reconcile() == 0
    instance.clock.advance(timedelta(minutes=10))
    assert pki.reconcile() == 1
    assert pki.reconcile() == 0
    intent = IssuanceIntent.objects.get()
    assert intent.state == "abandoned"
    assert Certificate.objects.filter(serial=intent.serial).count() == 0
    setattr(instance.signer, moment, None)
    pki.publish_crls(instance.clock.now())
    (crl,) = access.published_crl("issuing-ca")
    assert x509.load_der_x509_crl(crl).get_revoked_certificate_by_serial_number(int(intent.serial, 16))


def test_a_certificate_that_comes_after_it_was_given_up_does_not_enter_the_register(instance, monkeypatch) -> None:
    issue = Preparation.issue

    def issue_slowly(preparation):
        made = issue(preparation)
        instance.clock.advance(timedelta(minutes=11))
        pki.reconcile()
        return made

    monkeypatch.setattr(Preparation, "issue", issue_slowly)
    with pytest.raises(IssuanceGivenUp):
        pki.issue_certificate(wanted(), by=BY)
    assert not Certificate.objects.exclude(holder="").exists()


def test_a_serial_is_used_once_by_each_issuer(instance: Instance) -> None:
    issued = pki.issue_certificate(wanted(), by=BY)
    row = Certificate.objects.get(serial=issued.serial)
    row.pk, row.fingerprint = None, "0" * 64
    with pytest.raises(IntegrityError), transaction.atomic():
        row.save(force_insert=True)
    IssuanceIntent.objects.update(state="abandoned")
    intent = IssuanceIntent.objects.get(serial=issued.serial)
    intent.pk = None
    with pytest.raises(IntegrityError), transaction.atomic():
        intent.save(force_insert=True)


def test_a_serial_that_chance_gives_twice_is_refused_before_the_key_is_used(
    instance: Instance, monkeypatch: pytest.MonkeyPatch
) -> None:
    serial = int(pki.issue_certificate(wanted(), by=BY).serial, 16)
    monkeypatch.setattr(issuance_requests, "dated_serial_number", lambda *_: serial)
    instance.signer.asked.clear()
    key = public_key_of(ec.generate_private_key(ec.SECP256R1()))
    with pytest.raises(SerialTaken):
        pki.issue_certificate(wanted(public_key=key, holder="SOMEBODYELSE"), by=BY)
    assert instance.signer.asked == []
    assert Certificate.objects.filter(serial=f"{serial:032x}").count() == 1
    assert IssuanceIntent.objects.filter(serial=f"{serial:032x}").count() == 1


@pytest.mark.parametrize(
    ("model", "columns"),
    [
        (Authority, {"kind": "other"}),
        (Authority, {"issuer": None, "kind": "tsa"}),
        (Certificate, {"status": "lost"}),
        (Certificate, {"status": "revoked"}),
        (Certificate, {"reason": "superseded"}),
        (IssuanceIntent, {"state": "intended"}),
        (CrlPublication, {"number": -1}),
        (CrlPublication, {"sha256": ""}),
    ],
    ids=str,
)
def test_the_database_forbids_what_the_core_forbids(instance: Instance, model: type, columns: dict) -> None:
    pki.issue_certificate(wanted(), by=BY)
    rows = model.objects.filter(pk=model.objects.latest("pk").pk)
    with pytest.raises(IntegrityError), transaction.atomic():
        rows.update(**columns)


def test_what_the_audit_mentions_cannot_be_deleted(instance: Instance) -> None:
    from django.db.models import ProtectedError

    with pytest.raises(ProtectedError):
        Authority.objects.get(slug="root-ca").delete()


def test_an_instance_without_a_valid_issuing_ca_issues_nothing(bare_instance: Instance, db: None) -> None:
    with pytest.raises(NoIssuingAuthority):
        pki.issue_certificate(wanted(), by=BY)
    assert access.anchors() == ()


def test_the_register_knows_its_own_services_and_nothing_else(instance: Instance) -> None:
    now = instance.clock.now()
    assert access.issuing_authority(now=now).slug == "issuing-ca"
    assert [found.slug for found in access.services(AuthorityKind.TSA, now=now)] == ["tsa"]
    assert access.authority("tsa").chain[0] == access.authority("issuing-ca").certificate
    assert access.anchors() == (access.authority("root-ca").certificate,)
    with pytest.raises(AuthorityUnknown):
        access.authority("nobody")
    for serial in ("00", "not hexadecimal"):
        with pytest.raises(CertificateUnknown):
            access.certificate(serial)


def test_endpoints_are_plain_http_whatever_the_pages_use(instance: Instance, settings) -> None:
    from dataclasses import replace

    from absah.pki.profiles import load_profile

    settings.CONFIG = replace(settings.CONFIG, base_url="https://absah.example")
    places = access.endpoints_for(load_profile("individual-signer"), "issuing-ca")
    assert places.crl_url == "http://absah.example/repo/crl/issuing-ca.crl"
    assert places.ocsp_url == "http://absah.example/ocsp"
    assert access.endpoints_for(load_profile("issuing-ca"), "root-ca").ocsp_url is None
