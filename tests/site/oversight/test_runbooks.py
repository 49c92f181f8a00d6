"""The runbooks in docs/runbooks, walked step by step (restoring is walked in tests/process/test_backup.py)."""

import io
import json
import re
import tarfile
from datetime import UTC, datetime
from pathlib import Path

import pytest
from django.db import DatabaseError
from django.test import Client
from tests.fixtures_instance import PASSWORD

from absah.adapters.ceremonies.steps import JudgeMissing, JudgeObjects
from absah.adapters.signer.errors import SignerUnreachable
from absah.pki.crl import parse_crl
from absah.pki.lint import Finding, Severity
from absah.pki.revocation import Cause
from absah.signing.ports import CredentialId, CredentialState
from absah_site.audit import store as ledger_rows
from absah_site.audit.access import latest_entries, verify_ledger
from absah_site.audit.actions import LedgerNotWritten
from absah_site.cli.handover import write_archive
from absah_site.oversight import access, actions
from absah_site.oversight.access import Condition, Service, State
from absah_site.oversight.actions.ending import AuthorityEnded
from absah_site.oversight.actions.profiles import ProfileAccepted, ProfileNotAccepted, profile_hash
from absah_site.pki import access as register
from absah_site.pki import actions as pki
from absah_site.pki.access import NoIssuingAuthority, Status
from absah_site.roles import Role

RUNBOOKS = Path(__file__).resolve().parents[3] / "docs" / "runbooks"
NEVER = datetime(9999, 12, 31, 23, 59, 59, tzinfo=UTC)


@pytest.fixture
def people(instance):
    return {name: instance.officer(name, role) for name, role in (("melati", Role.CA), ("wibisono", Role.CA))}


@pytest.fixture
def person(walk) -> str:
    return register.certificate_of_credential(CredentialId(walk.activated().credential)).serial


def signed_in(username: str) -> Client:
    client = Client()
    client.post("/masuk/", {"username": username, "password": PASSWORD})
    return client


def published(instance, name: str = "issuing-ca.crl"):
    return parse_crl((instance.config.repository / "crl" / name).read_bytes())


def listed(instance) -> set[str]:
    return {register.serial_text(entry.serial) for entry in published(instance)}


def test_every_runbook_is_on_the_list_and_says_when_who_and_until():
    index = (RUNBOOKS / "index.md").read_text()
    pages = [page for page in RUNBOOKS.glob("*.md") if page.name != "index.md"]
    assert pages
    for page in pages:
        assert f"({page.name})" in index
        for word in ("**When:**", "**Who:**", "**Until:**"):
            assert word in page.read_text()
        assert re.search(r"^1\. ", page.read_text(), re.MULTILINE)


def test_revocation(instance, office, person, operator):
    ra, path = signed_in("rara"), f"/otoritas/sertifikat/{person}/"
    assert ra.post(f"{path}tahan/", {"tahan-cause": Cause.DEVICE_LOST.value}).status_code == 302
    held = register.certificate(person)
    assert instance.signer.certificate_chain(held.credential).state is CredentialState.SUSPENDED
    sure = {"akhiri-cause": Cause.DEVICE_LOST.value, "akhiri-sure": "on"}
    assert ra.post(f"{path}cabut/", sure).status_code == 302
    pki.publish_due_crls(instance.clock.now())
    assert person in listed(instance)


def test_compromise_of_a_ca(instance, person, people):
    first, second = signed_in("melati"), signed_in("wibisono")
    form = {"kind": "mass", "selection": "issuer", "what": "issuing-ca", "reason": "ca_compromise", "why": "Bocor"}
    assert first.post("/otoritas/usulan/", form).status_code == 302
    mass = access.open_proposals()[0]
    assert second.post(f"/otoritas/usulan/{mass.public_id}/setujui/").status_code == 302
    assert access.proposal(mass.public_id).state is State.DONE
    assert person in listed(instance)
    ending = {"kind": "ending", "authority": "issuing-ca", "why": "Bocor"}
    assert first.post("/otoritas/usulan/", ending).status_code == 302
    end = access.open_proposals()[0]
    assert second.post(f"/otoritas/usulan/{end.public_id}/setujui/").status_code == 302
    assert access.proposal(end.public_id).state is State.DONE
    assert published(instance).next_update == NEVER
    with pytest.raises(NoIssuingAuthority):
        register.issuing_authority(now=instance.clock.now())
    lines = b"".join(second.get(f"/otoritas/usulan/{mass.public_id}/pemilik.csv").streaming_content).decode()
    assert person in lines


def test_ending_of_a_ca(instance, person, people, tmp_path, operator):
    first, second = people["melati"], people["wibisono"]
    made = actions.propose_ending("issuing-ca", "Digantikan", by=first)
    found = actions.approve(made.public_id, by=second)
    assert actions.carry_out_ending(found, at_most=1).waiting == 2
    actions.carry_out_open()  # as the worker does
    assert access.proposal(found.public_id).state is State.DONE
    last = published(instance)
    assert (last.next_update, person in listed(instance)) == (NEVER, True)
    assert register.certificate(person).reason == "cessation_of_operation"
    own = register.certificate_with_fingerprint(register.fingerprint_of(register.authority("issuing-ca").certificate))
    assert own.status is Status.REVOKED
    assert instance.signer.certificate_chain(CredentialId("issuing-ca")).state is CredentialState.REVOKED
    assert pki.publish_crls(instance.clock.now()) == ()  # no list follows the last
    assert pki.publish_last_crls("issuing-ca", instance.clock.now(), by=operator) == ()
    with pytest.raises(AuthorityEnded):
        actions.propose_ending("issuing-ca", "Lagi", by=first)
    with pytest.raises(AuthorityEnded):
        actions.propose_ending("root-ca", "Akar", by=first)
    out = io.BytesIO()
    sha256, files = write_archive(out, instance.config, "issuing-ca")
    actions.record_handover("issuing-ca", sha256=sha256, files=files, by=operator)
    out.seek(0)
    with tarfile.open(fileobj=out) as archive:
        names = set(archive.getnames())
        index = json.loads(archive.extractfile("index.json").read())
        rows = archive.extractfile("register-0001.jsonl").read().decode().splitlines()
    assert names == {*index["files"], "index.json"}
    assert {"authority.cer", "above-1.cer", "ledger-0001.jsonl", "repository/crl/issuing-ca.crl"} <= names
    assert person in {json.loads(row)["serial"] for row in rows}
    assert latest_entries(limit=1)[0][1].tag.value == "oversight:records:handed-over"


def test_ending_of_the_time_stamping_service(instance, people):
    made = actions.propose_ending("tsa", "Digantikan", by=people["melati"])
    actions.carry_out_ending(actions.approve(made.public_id, by=people["wibisono"]))
    tsa = register.certificate_of_credential(CredentialId("tsa"))
    assert (tsa.status, tsa.reason) == (Status.REVOKED, "cessation_of_operation")
    assert tsa.serial in listed(instance)
    assert published(instance).next_update != NEVER


def test_signer_down(instance, person, operator, monkeypatch):
    with monkeypatch.context() as down:

        def silent(*_arguments: object, **_named: object) -> None:
            raise SignerUnreachable

        for call in ("ping", "change_state", "issue_list"):
            down.setattr(instance.signer, call, silent)
        conditions = {found.service: found.condition for found in access.services(now=instance.clock.now())}
        assert conditions[Service.SIGNER] is Condition.ILL
        with pytest.raises(SignerUnreachable):
            pki.revoke_for(person, Cause.KEY_LOST, by=operator)
        assert register.certificate(person).status is Status.REVOKED  # the register is first
        with pytest.raises(SignerUnreachable):
            pki.publish_due_crls(instance.clock.now())
    pki.publish_due_crls(instance.clock.now())
    assert person in listed(instance)


def test_nothing_happens_while_the_ledger_cannot_be_written(instance, walk, people, person, operator, monkeypatch):
    used: list[str] = []
    with monkeypatch.context() as full:

        def refuse(*_entries: object, **_options: object) -> None:
            raise DatabaseError("disk full")

        full.setattr(ledger_rows, "append", refuse)
        for key in ("prepare_certificates", "issue_list", "change_state"):
            full.setattr(instance.signer, key, lambda *_, key=key, **__: used.append(key))
        now = instance.clock.now()
        for act in (
            lambda: pki.revoke_for(person, Cause.KEY_LOST, by=operator),
            lambda: actions.propose_ending("issuing-ca", "Latihan", by=people["melati"]),
            lambda: pki.declare_nothing_newer(by=operator),
            lambda: instance.officer("baru", Role.OPERATOR),
        ):
            with pytest.raises(LedgerNotWritten):
                act()
        assert used == []
        answer = Client().post("/masuk/", {"username": "melati", "password": PASSWORD})
        assert answer.status_code == 503
        assert "Rekam jejak tidak dapat ditulis" in answer.content.decode()
    assert register.certificate(person).status is Status.GOOD
    assert access.open_proposals() == ()
    assert signed_in("melati").get("/otoritas/").status_code == 200
    assert now == instance.clock.now()
    assert verify_ledger().intact


def test_a_profile_is_accepted_by_two_people_as_it_is(people):
    first, second = people["melati"], people["wibisono"]
    with pytest.raises(ProfileNotAccepted):
        actions.check_accepted("tls-server")
    made = actions.propose_profile("tls-server", "Rilis baru", by=first)
    signed_in("wibisono").post(f"/otoritas/usulan/{made.public_id}/setujui/")
    actions.check_accepted("tls-server")
    assert access.accepted_profiles() == {"tls-server": profile_hash("tls-server")}
    with pytest.raises(ProfileAccepted):
        actions.propose_profile("tls-server", "Lagi", by=second)


def test_a_profile_that_changed_meanwhile_is_not_accepted(people, monkeypatch):
    made = actions.propose_profile("tls-client", "Rilis baru", by=people["melati"])
    monkeypatch.setattr("absah_site.oversight.actions.profiles.profile_hash", lambda _: "0" * 64)
    with pytest.raises(ProfileNotAccepted):
        actions.accept_profile(made, by=people["wibisono"])
    assert access.proposal(made.public_id).state is State.PENDING


def test_a_profile_is_accepted_only_after_pkilint_has_read_a_sample(people, monkeypatch):
    made = actions.propose_profile("individual-signer", "Rilis baru", by=people["melati"])
    with monkeypatch.context() as without:
        without.setattr("absah_site.oversight.actions.profiles.is_installed", lambda: False)
        with pytest.raises(JudgeMissing):
            actions.accept_profile(made, by=people["wibisono"])
    with monkeypatch.context() as objecting:
        fault = Finding(code="etsi.some_fault", severity=Severity.ERROR, message="")
        objecting.setattr("absah_site.oversight.actions.profiles.second_opinion", lambda *_: (fault,))
        with pytest.raises(JudgeObjects):
            actions.accept_profile(made, by=people["wibisono"])
    assert access.proposal(made.public_id).state is State.PENDING
    actions.accept_profile(made, by=people["wibisono"])
    actions.check_accepted("individual-signer")
