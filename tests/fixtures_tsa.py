"""A time-stamping authority as a process of its own over a small instance, certified by the CA of the test."""

import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from http.client import HTTPConnection
from pathlib import Path

import pytest

from absah.adapters.responder_keys import ResponderFolder
from absah.kernel.clock import SystemClock
from absah.pki.certificates import load_certificate, validity_of
from absah.pki.issuance import issue, prepare
from absah.pki.profiles import load_profile
from absah.pki.requests import parse_certificate_request
from absah.pki.tsp import TimestampRejected, parse_timestamp_response
from tests.fixtures_pki import ISSUING_NAME, TSA_NAME, Party, certify, new_key, order
from tests.fixtures_ports import free_port
from tests.fixtures_signer import root_at

_BEGINS_WITHIN = 120  # seconds, on a very busy machine
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
    """The process, once it has its key; its port."""
    port = free_port()
    words = ["-m", "absah_site.cli", "responder", "tsa", "--data", str(instance.data), "--port", str(port)]
    process = subprocess.Popen([sys.executable, *words])
    try:
        until = time.monotonic() + _BEGINS_WITHIN
        while failure_at(port) in {"", "system_failure"}:
            assert time.monotonic() < until, "the TSA has not begun"
            time.sleep(0.1)
            instance.certify_waiting()
        yield port
    finally:
        process.terminate()
        process.wait(20)


def failure_at(port: int) -> str:
    """What it has against nonsense at this moment, which leaves no record; nothing when nobody answers."""
    try:
        _, _, answer = post(port, b"")
    except OSError:
        return ""
    with pytest.raises(TimestampRejected) as refusal:
        parse_timestamp_response(answer)
    return str(refusal.value.parameters["failure"])


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
