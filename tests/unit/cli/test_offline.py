import base64
import json
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding
from tests.fixtures_pki import NOW, PERSON_NAME, Pki, certify

from absah.cli import inspect, lint, offline
from absah.cli.offline import InputUnknown, Kind, read_document
from absah.cli.terminal import FileUnreadable
from absah.kernel.clock import instant
from absah.kernel.rng import Serial
from absah.pki import der, oids
from absah.pki.algorithms import DigestAlgorithm, KeyAlgorithm, sign_bytes
from absah.pki.cms import build_signed_attributes, build_signed_data, with_signature_timestamp
from absah.pki.crl import CrlPlan, RevokedEntry, build_crl
from absah.pki.ocsp import OcspPlan, SingleStatus, build_ocsp_response, cert_id_for
from absah.pki.revocation import Good, RevocationReason, Revoked, Unknown
from absah.pki.tsp import Accuracy, TimestampRequest, build_timestamp_token, plan_for, timestamp_response

NEXT = instant(NOW + timedelta(days=1))
SHA256 = DigestAlgorithm.SHA256


def token(pki: Pki) -> bytes:
    request = TimestampRequest(digest_algorithm=SHA256, imprint=bytes(32), nonce=255)
    plan = plan_for(request, policy="1.2.3", serial=Serial(77), time=NOW, accuracy=Accuracy(seconds=2))
    return build_timestamp_token(plan, (pki.tsa.certificate,), pki.tsa.key)


def signature(pki: Pki) -> bytes:
    attributes = build_signed_attributes(oids.DATA, SHA256.digest(b""), pki.person.certificate, SHA256)
    made = build_signed_data(
        content=None,
        content_type=oids.DATA,
        certificates=(pki.person.certificate,),
        signed_attributes=attributes,
        signature=sign_bytes(pki.person.key, attributes, SHA256),
        digest=SHA256,
        key_algorithm=KeyAlgorithm.P256,
    )
    return with_signature_timestamp(made, token(pki))


def revocation_list(pki: Pki) -> bytes:
    entry = RevokedEntry(serial=pki.person.serial, at=NOW, reason=RevocationReason.SUPERSEDED)
    plan = CrlPlan(issuer_der=pki.issuing.certificate, number=4, this_update=NOW, next_update=NEXT, entries=(entry,))
    return build_crl(plan, pki.issuing.key)


def answer(pki: Pki) -> bytes:
    statuses = (Good(), Unknown(), Revoked(at=NOW, reason=RevocationReason.SUPERSEDED))
    named = cert_id_for(pki.issuing.certificate, pki.person.serial, SHA256)
    singles = tuple(
        SingleStatus(cert_id=replace(named, serial=Serial(n + 1)), status=status, this_update=NOW, next_update=NEXT)
        for n, status in enumerate(statuses)
    )
    return build_ocsp_response(
        OcspPlan(responder_der=pki.responder.certificate, produced_at=NOW, responses=singles), pki.responder.key
    )


@pytest.fixture
def files(tmp_path: Path, pki: Pki) -> dict[Kind, Path]:
    """One file of each kind."""
    contents = {
        Kind.CERTIFICATE: pki.person.certificate,
        Kind.CRL: revocation_list(pki),
        Kind.OCSP_RESPONSE: answer(pki),
        Kind.CMS: signature(pki),
        Kind.TIMESTAMP_TOKEN: token(pki),
        Kind.TIMESTAMP_RESPONSE: timestamp_response(token(pki)),
    }
    for kind, content in contents.items():
        (tmp_path / kind.value).write_bytes(content)
    return {kind: tmp_path / kind.value for kind in contents}


@pytest.mark.parametrize("kind", Kind)
def test_every_kind_is_recognised_in_der_and_pem(files: dict[Kind, Path], kind: Kind) -> None:
    content = files[kind].read_bytes()
    assert read_document(files[kind]).kind is kind
    armoured = b"-----BEGIN THING-----\n" + base64.encodebytes(content) + b"-----END THING-----\n"
    files[kind].write_bytes(b"a comment before\n" + armoured)
    assert (read_document(files[kind]).kind, read_document(files[kind]).der) == (kind, content)


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"plain text",
        b"-----BEGIN CERTIFICATE-----\nMIIB",
        b"-----BEGIN CERTIFICATE-----\n!!!\n-----END CERTIFICATE-----",
        der.sequence(der.integer(1)),
        der.sequence(der.sequence(der.oid("1.2.3"))),
        der.sequence(der.oid(oids.SIGNED_DATA)),
    ],
)
def test_a_file_with_something_else_is_refused(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "x"
    path.write_bytes(content)
    with pytest.raises(InputUnknown):
        read_document(path)


def test_a_file_that_is_not_there_or_too_large_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(FileUnreadable):
        read_document(tmp_path / "nowhere")
    monkeypatch.setattr(offline, "_MAXIMUM_SIZE", 3)
    (tmp_path / "big").write_bytes(b"1234")
    with pytest.raises(FileUnreadable):
        read_document(tmp_path / "big")


@pytest.mark.parametrize(
    ("kind", "shown"),
    [
        (Kind.CERTIFICATE, "keyUsage (critical): content_commitment"),
        (Kind.CRL, "reason: superseded"),
        (Kind.OCSP_RESPONSE, "status: revoked 2026-11-21T02:00:00Z (superseded)"),
        (Kind.CMS, "signingCertificate: names the certificate"),
        (Kind.TIMESTAMP_TOKEN, "accuracy: 2.0 s"),
        (Kind.TIMESTAMP_RESPONSE, "genTime: 2026-11-21T02:00:00Z"),
    ],
)
def test_inspect_shows_what_is_inside(files, kind: Kind, shown: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert inspect.run([str(files[kind])]) == 0
    said = capsys.readouterr().out
    assert said.startswith(f"kind: {kind.value}\n")
    assert shown in said
    assert inspect.run([str(files[kind]), "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["kind"] == kind.value


def test_inspect_shows_every_extension_and_the_time_stamp_inside_a_signature(files, pki: Pki, tmp_path, capsys) -> None:
    inspect.run([str(files[Kind.CMS]), "--json"])
    (signer,) = json.loads(capsys.readouterr().out)["signers"]
    assert signer["signatureTimeStamps"][0]["serialNumber"] == f"{77:x}"
    for party in (pki.issuing, pki.responder):
        (tmp_path / "c").write_bytes(party.certificate)
        assert inspect.run([str(tmp_path / "c")]) == 0
    said = capsys.readouterr().out
    assert "basicConstraints (critical): CA True, path length 0" in said
    assert "OCSPNoCheck: present" in said


@pytest.mark.parametrize("kind", Kind)
def test_lint_finds_nothing_wrong_with_what_we_make(files, kind: Kind, capsys: pytest.CaptureFixture[str]) -> None:
    assert lint.run([str(files[kind])]) == 0
    assert "absah, pkilint" in capsys.readouterr().out


def test_lint_finds_what_breaks_the_profile(tmp_path: Path, pki: Pki, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "seal.cer"
    path.write_bytes(pki.seal.certificate)
    assert lint.run([str(path), "--profile", "individual-signer"]) == 1
    said = capsys.readouterr().out
    assert "absah_cps_test.7.1.4.subject [absah]" in said
    assert "required_attribute_missing [pkilint]" in said
    assert lint.run([str(path), "--profile", "individual-signer", "--json"]) == 1
    report = json.loads(capsys.readouterr().out)
    assert (report["kind"], report["profile"], report["judges"]) == (
        "certificate",
        "individual-signer",
        ["absah", "pkilint"],
    )
    assert {finding["severity"] for finding in report["findings"]} == {"error", "notice"}


def test_test_addresses_are_a_notice_under_a_test_profile(files, capsys: pytest.CaptureFixture[str]) -> None:
    assert lint.run([str(files[Kind.CERTIFICATE]), "--profile", "individual-signer"]) == 0
    assert "NOTICE   etsi.internal_domain_name [pkilint]" in capsys.readouterr().out


def test_lint_works_without_pkilint(files, capsys, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(lint, "is_installed", lambda: False)
    assert lint.run([str(files[Kind.CERTIFICATE])]) == 0
    assert "pkilint" not in capsys.readouterr().out


def test_lint_reads_keys_of_other_curves(tmp_path: Path, pki: Pki, capsys: pytest.CaptureFixture[str]) -> None:
    party = certify("individual-signer", PERSON_NAME, pki.issuing, key=ec.generate_private_key(ec.SECP384R1()))
    pem = x509.load_der_x509_certificate(party.certificate).public_bytes(Encoding.PEM)
    (tmp_path / "c.pem").write_bytes(pem)
    assert lint.run([str(tmp_path / "c.pem")]) == 0
    assert inspect.run([str(tmp_path / "c.pem")]) == 0
    assert "key: secp384r1" in capsys.readouterr().out


@pytest.mark.parametrize("command", [lint, inspect])
def test_exits_and_words_follow_the_house(command, tmp_path: Path, capsys, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ABSAH_LANG", "en_GB.UTF-8")
    (tmp_path / "text").write_bytes(b"not a certificate")
    assert command.run([]) == 64
    assert "[cli.usage]" in capsys.readouterr().err
    assert command.run([str(tmp_path / "nowhere")]) == 65
    assert "cannot be read" in capsys.readouterr().err
    assert command.run([str(tmp_path / "text"), "--json"]) == 65
    assert json.loads(capsys.readouterr().out)["error"] == "pki.input-unknown"
    assert command.run(["--help"]) == 0


def test_indonesian_is_the_first_language(tmp_path: Path, capsys, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ABSAH_LANG", "xx")
    assert lint.run([str(tmp_path / "nowhere")]) == 65
    assert "tidak dapat dibaca" in capsys.readouterr().err


def test_what_looks_right_but_is_broken_inside_is_unreadable(files, capsys: pytest.CaptureFixture[str]) -> None:
    for kind in (Kind.CRL, Kind.OCSP_RESPONSE, Kind.CMS, Kind.TIMESTAMP_TOKEN):
        content = files[kind].read_bytes()
        files[kind].write_bytes(content + b"\x01")
        assert lint.run([str(files[kind])]) == 65, kind
        assert inspect.run([str(files[kind])]) == 65, kind
    assert "pki." in capsys.readouterr().err
