"""Mutual TLS: a certificate that was issued here opens the door, on the proxy's socket and nowhere else."""

import base64
import os
import shutil
import socket
import ssl
import subprocess
from itertools import count
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat, PublicFormat
from django.conf import settings
from tests.fixtures_instance import NIK, Instance, Office
from tests.site.esign.conftest import OPERATOR, Answer, WireClient

import absah_site.serving
from absah.pki.names import MachineName, ServerName
from absah.pki.revocation import RevocationReason
from absah_site.applications import actions
from absah_site.applications.access import certificates_for, forget_applications
from absah_site.applications.actions.client_certificates import (
    CertificateMalformed,
    CertificateNotBound,
    CertificateNotFit,
    CertificateTaken,
)
from absah_site.audit.models import Entry
from absah_site.cli import web
from absah_site.cli.main import main
from absah_site.cli.up import children_of
from absah_site.pki import access as register
from absah_site.pki import actions as pki
from absah_site.pki.actions import IssuanceRequest, issue_certificate

_HOLDERS = count(1)
STATUS = f"/api/user/status/{NIK}"


@pytest.fixture(autouse=True)
def _behind_the_proxy(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(settings, "BEHIND_SOCKET", True, raising=False)


def issued(
    office: Office, *, profile: str = "tls-client", agency: str = "", private: ec.EllipticCurvePrivateKey | None = None
) -> x509.Certificate:
    key = (private or ec.generate_private_key(ec.SECP256R1())).public_key()
    place = {"organisation": "Pemerintah Kota Sagara Biru", "locality": "Kota", "province": "Provinsi"}
    machine = MachineName(common_name="Surat Dinas", units=(), **place)
    made = issue_certificate(
        IssuanceRequest(
            profile=profile,
            subject=ServerName(**place) if profile == "tls-server" else machine,
            public_key=key.public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo),
            credential=None,
            holder=f"{next(_HOLDERS):032x}",
            agency=agency or str(office.agency),
            dns_names=("surat.kota.example",),
        ),
        by=office.ra,
    )
    return x509.load_der_x509_certificate(register.certificate(made.serial).certificate)


def pem(certificate: x509.Certificate) -> str:
    return certificate.public_bytes(Encoding.PEM).decode()


def as_the_norm(certificate: x509.Certificate) -> str:
    return f":{base64.b64encode(certificate.public_bytes(Encoding.DER)).decode()}:"


def ask(client: WireClient, header: str, *, password: bool = False) -> Answer:
    forget_applications()
    environ: dict[str, Any] = client.requests.get(STATUS).environ | {"HTTP_CLIENT_CERT": header}
    return client.replay(environ) if password else client.replay(environ, authorization=" ")


@pytest.fixture
def certificate(client: WireClient, office: Office) -> x509.Certificate:
    made = issued(office)
    actions.bind_certificate(client.application.id, pem(made), by=OPERATOR)
    return made


@pytest.mark.parametrize("write", [as_the_norm, lambda one: quote(pem(one))])
def test_a_certificate_opens_the_door_without_a_password(client: WireClient, certificate: Any, write: Any) -> None:
    assert ask(client, write(certificate)).status == 200


def test_the_header_is_not_looked_at_where_anybody_could_write_it(
    client: WireClient, certificate: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(settings, "BEHIND_SOCKET", False)
    assert ask(client, as_the_norm(certificate)).status == 401


@pytest.mark.parametrize(
    "header", ["", ":", "::", ":bukan base64:", "%%%", "A" * 20_000, "-----BEGIN CERTIFICATE-----"]
)
def test_what_is_no_certificate_opens_nothing(client: WireClient, certificate: Any, header: str) -> None:
    assert ask(client, header).status == 401


def test_a_certificate_of_somebody_else_opens_nothing(client: WireClient, certificate: Any, office: Office) -> None:
    assert ask(client, as_the_norm(issued(office))).status == 401


def test_a_revoked_certificate_opens_nothing(client: WireClient, certificate: x509.Certificate, office: Office) -> None:
    serial = f"{certificate.serial_number:x}"
    pki.revoke_certificate(serial, RevocationReason.KEY_COMPROMISE, by=office.ra)
    assert ask(client, as_the_norm(certificate)).status == 401


def test_an_application_that_is_off_is_not_let_in(client: WireClient, certificate: Any) -> None:
    actions.switch_application(client.application.id, on=False, by=OPERATOR)
    assert ask(client, as_the_norm(certificate)).status == 401


def test_both_can_be_wanted(client: WireClient, certificate: Any, office: Office) -> None:
    client.change(needs_certificate=True)
    assert ask(client, "", password=True).json["status_code"] == 4056
    assert ask(client, as_the_norm(issued(office)), password=True).json["status_code"] == 4056
    assert ask(client, as_the_norm(certificate), password=True).status == 200


def test_what_is_bound_is_released_and_both_are_in_the_ledger(client: WireClient, certificate: Any) -> None:
    (bound,) = certificates_for(OPERATOR, client.application.id)
    actions.release_certificate(client.application.id, bound.fingerprint, by=OPERATOR)
    assert ask(client, as_the_norm(certificate)).status == 401
    with pytest.raises(CertificateNotBound):
        actions.release_certificate(client.application.id, bound.fingerprint, by=OPERATOR)
    tags = Entry.objects.filter(subject=client.application.reference).values_list("tag", flat=True)
    assert {"applications:certificate:bound", "applications:certificate:released"} <= set(tags)


def test_only_what_was_issued_here_for_that_may_be_bound(
    client: WireClient, office: Office, instance: Instance, certificate: Any
) -> None:
    bind = actions.bind_certificate
    with pytest.raises(CertificateMalformed):
        bind(client.application.id, "bukan sertifikat", by=OPERATOR)
    with pytest.raises(CertificateTaken):
        bind(client.application.id, pem(certificate), by=OPERATOR)
    foreign = issued(office, agency="00000000000000000000000000000001")
    wrong = issued(office, profile="tls-server")
    for one in (foreign, wrong):
        with pytest.raises(CertificateNotFit):
            bind(client.application.id, pem(one), by=OPERATOR)
    register_root = x509.load_der_x509_certificate(register.authority("root-ca").certificate)
    with pytest.raises(CertificateNotFit):
        bind(client.application.id, pem(register_root), by=OPERATOR)


@pytest.mark.loopback
@pytest.mark.skipif(shutil.which("curl") is None, reason="needs curl")
def test_a_handshake_with_a_certificate_of_ours_lets_a_program_in(
    client: WireClient, office: Office, tmp_path: Path
) -> None:
    """curl, and a stand-in for the proxy: it ends TLS, checks the certificate against our CA, and hands it on."""
    private = ec.generate_private_key(ec.SECP256R1())
    actions.bind_certificate(client.application.id, pem(issued(office, private=private)), by=OPERATOR)
    forget_applications()
    told = called_with(private, tmp_path, client)
    assert "200 OK" in told
    assert "NOT_REGISTERED" in told


def called_with(private: ec.EllipticCurvePrivateKey, folder: Path, client: WireClient) -> str:
    (bound,) = certificates_for(OPERATOR, client.application.id)
    leaf = x509.load_der_x509_certificate(register.certificate_with_fingerprint(bound.fingerprint).certificate)
    above = [register.authority(slug).certificate for slug in ("issuing-ca", "root-ca")]
    authorities = [x509.load_der_x509_certificate(one) for one in above]
    written = {
        "client.pem": pem(leaf) + pem(authorities[0]),
        "client.key": key_pem(private),
        "ca.pem": "".join(map(pem, authorities)),
    }
    for name, content in written.items():
        (folder / name).write_text(content)
    made = ["-days", "1", "-nodes", "-subj", "/CN=localhost", "-keyout", "server.key", "-out", "server.pem"]
    words = ["openssl", "req", "-x509", "-newkey", "rsa:2048", *made]
    subprocess.run(words, cwd=folder, check=True, capture_output=True)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(folder / "server.pem", folder / "server.key")
    context.load_verify_locations(folder / "ca.pem")
    context.verify_mode = ssl.CERT_REQUIRED
    with socket.create_server(("127.0.0.1", 0)) as listener:
        listener.settimeout(20)
        address = f"https://127.0.0.1:{listener.getsockname()[1]}{STATUS}"
        words = ["curl", "-sik", "--cert", "client.pem", "--key", "client.key", address]
        with subprocess.Popen(words, cwd=folder, stdout=subprocess.PIPE, text=True) as curl:
            with context.wrap_socket(listener.accept()[0], server_side=True) as connection:
                hand_on(connection, client)
            return curl.communicate(timeout=20)[0]


def hand_on(connection: ssl.SSLSocket, client: WireClient) -> None:
    """What the proxy does with one request."""
    connection.recv(65_536)
    der = connection.getpeercert(binary_form=True)
    header = f":{base64.b64encode(der or b'').decode()}:"
    answer = client.replay(client.requests.get(STATUS).environ | {"HTTP_CLIENT_CERT": header}, authorization=" ")
    connection.sendall(f"HTTP/1.1 {answer.status} OK\r\nContent-Length: {len(answer.body)}\r\n\r\n".encode())
    connection.sendall(answer.body)


def key_pem(private: ec.EllipticCurvePrivateKey) -> str:
    return private.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()).decode()


def test_the_web_process_believes_the_proxy_on_its_socket_only(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    served: list[tuple[Path | None, str]] = []
    monkeypatch.setattr(
        absah_site.serving,
        "serve_pages",
        lambda place: served.append((place.socket, os.environ["ABSAH_BEHIND_SOCKET"])),
    )
    monkeypatch.setattr(web, "load_config", lambda _data: None)
    for name in ("ABSAH_BEHIND_SOCKET", "ABSAH_DATA"):
        monkeypatch.setenv(name, "")
    for place in (None, tmp_path / "web.sock"):
        words = children_of(tmp_path, host="127.0.0.1", port=8000, proxy_socket=place)[0].command
        assert main(words[words.index("web") :]) == 0
    assert served == [(None, "0"), (tmp_path / "web.sock", "1")]
