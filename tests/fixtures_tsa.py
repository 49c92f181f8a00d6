"""A time-stamping authority as a process of its own over a small instance, certified by the CA of the test."""

import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from http.client import HTTPConnection
from pathlib import Path

from absah.adapters.responder_keys import ResponderFolder
from absah.kernel.clock import SystemClock
from absah.pki.certificates import load_certificate, validity_of
from absah.pki.issuance import issue, prepare
from absah.pki.profiles import load_profile
from absah.pki.requests import parse_certificate_request
from tests.fixtures_pki import ISSUING_NAME, TSA_NAME, Party, certify, new_key, order
from tests.fixtures_signer import root_at

SETTINGS = 'role = "authority"\nbase_url = "http://127.0.0.1:1"\nname = "Contoh"\n'


@dataclass(frozen=True)
class TsaInstance:
    """The data folder of an authority with nothing in it but what a TSA needs."""

    data: Path
    root: Party
    issuing: Party

    @property
    def folder(self) -> ResponderFolder:
        return ResponderFolder(self.data, "tsa", "unit")

    def certify_waiting(self) -> None:
        """Do what the worker does: certify what lies in the folder."""
        now = SystemClock().now()
        for waiting in self.folder.waiting():
            asked = parse_certificate_request(waiting.request)
            until = validity_of(load_certificate(self.issuing.certificate))[1]
            wanted = replace(
                order("tsa", TSA_NAME, new_key(), self.issuing.certificate),
                public_key=asked.public_key,
                validity=load_profile("tsa").validity_at(now, until=until),
            )
            self.folder.deliver(waiting.name, issue(prepare(wanted, now=now), self.issuing.key))


def tsa_instance(data: Path, settings: str = "") -> TsaInstance:
    """Make the folder."""
    now = SystemClock().now()
    root = root_at(now)
    until = validity_of(load_certificate(root.certificate))[1]
    validity = load_profile("issuing-ca").validity_at(now, until=until)
    issuing = certify("issuing-ca", ISSUING_NAME, root, now=now, validity=validity)
    (data / "secrets").mkdir(mode=0o700, parents=True)
    (data / "repository" / "ca").mkdir(parents=True)
    (data / "repository" / "ca" / "issuing-ca.cer").write_bytes(issuing.certificate)
    (data / "absah.toml").write_text(SETTINGS + settings)
    return TsaInstance(data, root, issuing)


@contextmanager
def running_tsa(instance: TsaInstance) -> Iterator[int]:
    """The process, once it stamps; its port."""
    with socket.socket() as trial:
        trial.bind(("127.0.0.1", 0))
        port: int = trial.getsockname()[1]
    words = ["-m", "absah_site.cli", "responder", "tsa", "--data", str(instance.data), "--port", str(port)]
    process = subprocess.Popen([sys.executable, *words])
    try:
        for _ in range(200):
            time.sleep(0.1)
            instance.certify_waiting()
            if instance.folder.newest(now=SystemClock().now()) and _listens(port):
                break
        time.sleep(1.2)  # the process looks for its key once a second
        yield port
    finally:
        process.terminate()
        process.wait(20)


def _listens(port: int) -> bool:
    try:
        socket.create_connection(("127.0.0.1", port), timeout=1).close()
    except OSError:
        return False
    return True


def post(
    port: int, body: bytes, media_type: str = "application/timestamp-query", method: str = "POST"
) -> tuple[int, str, bytes]:
    """Status, media type, body."""
    connection = HTTPConnection("127.0.0.1", port, timeout=20)
    try:
        connection.request(method, "/tsa", body=body, headers={"content-type": media_type})
        answered = connection.getresponse()
        return answered.status, answered.getheader("content-type") or "", answered.read()
    finally:
        connection.close()
