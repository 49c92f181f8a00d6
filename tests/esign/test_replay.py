"""What public clients sent is sent again, and answered as before, byte for byte. See ORIGIN.md."""

import base64
import io
import os
import re
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest
from tests.fixtures_instance import Instance, Office
from tests.site.esign.conftest import OPERATOR, Answer, WireClient
from tests.site.esign.test_client_certificates import as_the_norm, issued, pem

from absah.pdf.intake import FieldContent, inspect
from absah_site.applications.actions import bind_certificate
from absah_site.roles import Role
from absah_site.seals import actions as seals

EXCHANGES = sorted((Path(__file__).parent / "exchanges").glob("*.request"))
KEPT_HEADERS = ("Content-Type", "WWW-Authenticate", "id_dokumen", "signing_time", "Allow")
WRITES = bool(os.environ.get("ABSAH_WRITE_ANSWERS"))


def environ_of(recorded: bytes) -> dict[str, Any]:
    """The recorded bytes as a WSGI server hands them on."""
    head, _, body = recorded.partition(b"\r\n\r\n")
    first, *lines = head.decode("latin-1").split("\r\n")
    method, target, _ = first.split(" ")
    path, _, query = target.partition("?")
    environ: dict[str, Any] = {
        "REQUEST_METHOD": method,
        "PATH_INFO": path,
        "QUERY_STRING": query,
        "SERVER_NAME": "testserver",
        "SERVER_PORT": "80",
        "wsgi.url_scheme": "http",
    }
    for line in lines:
        name, _, value = line.partition(":")
        key = name.strip().upper().replace("-", "_")
        environ[key if key in {"CONTENT_TYPE", "CONTENT_LENGTH"} else f"HTTP_{key}"] = value.strip()
    if environ.get("HTTP_TRANSFER_ENCODING", "").lower() == "chunked":
        body = joined(body)
    if body:
        environ["CONTENT_LENGTH"] = str(len(body))
    return environ | {"wsgi.input": io.BytesIO(body)}


def joined(chunked: bytes) -> bytes:
    """A body without its chunks (RFC 9112 §7.1)."""
    body = b""
    while chunked:
        size, _, chunked = chunked.partition(b"\r\n")
        length = int(size, 16)
        body, chunked = body + chunked[:length], chunked[length + 2 :]
    return body


@dataclass
class Run:
    """What is another in each run, by the word that stands for it in the recordings."""

    words: dict[str, str]

    def environ(self, recorded: bytes) -> dict[str, Any]:
        """The recorded request with this run's words."""
        for name, value in self.words.items():
            recorded = recorded.replace(f"@{name}@".encode(), value.encode())
        return environ_of(recorded)

    def written(self, answer: Answer) -> bytes:
        """The answer with the words in place of what they stand for. A one-time code that it tells is kept."""
        if found := re.search(rb'"totp":"(\d{6})"', answer.body):
            self.words["code"] = found[1].decode()
        plain = written(answer)
        for name, value in self.words.items():
            plain = plain.replace(value.encode(), b"{%s}" % name.encode())
        return plain


@pytest.fixture
def run(client: WireClient, office: Office, instance: Instance, settings: Any) -> Run:
    """A seal that somebody has activated, an owner who may register people, a certificate for mutual TLS."""
    settings.BEHIND_SOCKET = True
    client.change(owner=office.entering.username)
    certificate = issued(office)
    bind_certificate(client.application.id, pem(certificate), by=OPERATOR)
    instance.officer("nirmala", Role.AGENCY_ADMIN, agency=str(office.agency))
    made = seals.make_seal(office.agency, "Surat Dinas", by=OPERATOR)
    code = seals.activate(made.number, by=OPERATOR).code
    shown = {"seal": made.number, "activation": code, "certificate": as_the_norm(certificate)}
    return Run(shown | {"unit": quote("Dinas Komunikasi dan Informatika")})


def written(answer: Answer) -> bytes:
    """An answer with what cannot stand still in braces."""
    headers = [f"{name}: {answer.headers[name]}" for name in KEPT_HEADERS if name in answer.headers]
    head = "\n".join([str(answer.status), *headers])
    head = re.sub("(?<=id_dokumen: )[0-9a-f]{32}", "{number}", re.sub(r"(?<=signing_time: )\d+", "{ms}", head))
    body = answer.body
    if body.startswith(b"%PDF"):
        body = told(body)
    body = re.sub(rb'"JVBE[A-Za-z0-9+/=]+"', lambda found: b'"%s"' % told(base64.b64decode(found[0])), body)
    body = re.sub(rb'(?<="time":)\d+', b"{ms}", body)
    return head.encode() + b"\n\n" + body + b"\n"


def told(document: bytes) -> bytes:
    signatures = [one for one in inspect(document).fields if one.content is FieldContent.SIGNATURE]
    return b"{pdf %d}" % len(signatures)


def test_public_clients_are_answered_as_before(client: WireClient, holder: Any, run: Run) -> None:
    assert EXCHANGES
    differing = []
    for recorded in EXCHANGES:
        environ = run.environ(recorded.read_bytes())
        nobody = "" if "HTTP_AUTHORIZATION" in environ else " "
        answer = run.written(client.replay(environ, authorization=nobody))
        expected = recorded.with_suffix(".answer")
        if WRITES:
            expected.write_bytes(answer)
        if answer != expected.read_bytes():
            differing.append((recorded.name, answer))
    assert differing == []
