"""The rows of the status service: OCSP over HTTP, from what was kept and signed on the fly.

Our responder runs as in production (granian, one worker, its own key, the register of a demo instance). It is asked in
turns with its peer, with a real OCSPRequest in the body. Counted is the processor time of each server, so that neither
the client nor whoever else works on the machine is in the figure.

`ocsp.presigned` asks the same plain question again and again, which is answered from memory; the peer is the bare
server, without our door, handing out 1.5 KB of constant bytes. `ocsp.live.vs-openssl` asks with a nonce, so that every
answer is looked up and signed (P-256); the peer is `openssl ocsp` as it serves: one process, and a new connection for
each question, which `wrk` does not get through to it; a loop of sockets does.
"""

import shutil
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from statistics import median
from typing import Final

from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

from absah.adapters.signer_client import SignerClient
from absah.adapters.signer_life import ensure_signer, stop_signer
from absah.kernel.clock import SystemClock
from absah.kernel.rng import Serial, SystemRng, serial_number
from absah.pki import der, oids
from absah.pki.algorithms import DigestAlgorithm, public_key_of
from absah.pki.certificates import load_certificate, serial_of
from absah.pki.issuance import CertificateOrder, Endpoints
from absah.pki.names import AuthorityName
from absah.pki.ocsp import cert_id_for, parse_ocsp_response
from absah.pki.ocsp_statuses import encode_cert_id
from absah.pki.profiles import load_profile
from absah.pki.revocation import Good
from absah.signing.ports import CredentialId
from absah_site.responders.exchange import Exchange, Scope
from bench.rows import Bench, Figure, PeerMissing, Row, Selected
from bench.web import Server, post_script, serving

_PRESIGNED = Row(name="ocsp.presigned", unit="answers/CPU-s", must=0.7, aim=0.9)
_LIVE = Row(name="ocsp.live.vs-openssl", unit="answers/CPU-s", must=0.8, aim=1.5)
_ROUNDS: Final = 5
_SECONDS: Final = 2
_TYPE: Final = "application/ocsp-request"
_CONSTANT: Final = bytes(1500)
_ISSUING: Final = CredentialId("issuing-ca")


class _Constant:
    """The bare server: it reads what was asked and hands out constant bytes."""

    async def __rsgi__(self, _scope: Scope, exchange: Exchange) -> None:
        await exchange()
        exchange.response_bytes(200, [("content-type", "application/ocsp-response")], _CONSTANT)


def constant() -> _Constant:
    """The application of the peer."""
    return _Constant()


def absah(*words: str | Path) -> None:
    """Run a command of ours."""
    command = [sys.executable, "-m", "absah_site.cli", *map(str, words)]
    subprocess.run(command, check=True, capture_output=True)  # noqa: S603  (ours)


@contextmanager
def demo_instance() -> Iterator[Path]:
    """An instance with its authorities, and its signer."""
    with tempfile.TemporaryDirectory() as folder:
        data = Path(folder) / "data"
        absah("init", "--role", "demo", "--data", data)
        ensure_signer(data)
        try:
            yield data
        finally:
            stop_signer(data)


def question(issuer: bytes, serial: int, nonce: bytes | None = None, /) -> bytes:
    """A plain request about one certificate, or one with a nonce."""
    asked = der.sequence(der.sequence(encode_cert_id(cert_id_for(issuer, Serial(serial), DigestAlgorithm.SHA1))))
    if nonce is None:
        return der.sequence(der.sequence(asked))
    extension = der.extension(oids.OCSP_NONCE, der.octet_string(nonce))
    return der.sequence(der.sequence(asked, der.explicit(2, der.sequence(extension))))


def _wait(port: int, body: bytes) -> None:
    """Until the responder answers that the certificate is good."""
    from http.client import HTTPConnection  # noqa: PLC0415 - here only

    for _ in range(200):
        time.sleep(0.1)
        try:
            connection = HTTPConnection("127.0.0.1", port, timeout=5)
            connection.request("POST", "/ocsp", body=body, headers={"content-type": _TYPE})
            if isinstance(parse_ocsp_response(connection.getresponse().read()).responses[0].status, Good):
                return
        except Exception:  # noqa: BLE001, S112 - not there yet, or without a key
            continue
    raise PeerMissing("the responder did not begin to answer")


@contextmanager
def _openssl(data: Path, client: SignerClient, serial: int) -> Iterator[Server]:
    """`openssl ocsp` with a delegated key of the same issuer and an index with one certificate."""
    folder = data / "openssl"
    folder.mkdir()
    view = client.certificate_chain(_ISSUING)
    key = ec.generate_private_key(ec.SECP256R1())
    profile, now = load_profile("ocsp-responder"), SystemClock().now()
    certificate = client.issue_certificate(
        _ISSUING,
        CertificateOrder(
            profile=profile,
            subject=AuthorityName(common_name="Peer OCSP UJI COBA", organisation="Absah"),
            public_key=public_key_of(key),
            serial=serial_number(SystemRng()),
            validity=profile.validity_at(now),
            issuer=view.certificate,
            endpoints=Endpoints(ca_issuers_url="http://bench.example/a.cer"),
        ),
    )
    for name, encoded in (("ca", view.certificate), ("signer", certificate)):
        (folder / f"{name}.pem").write_bytes(load_certificate(encoded).public_bytes(Encoding.PEM))
    (folder / "signer.key").write_bytes(key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()))
    (folder / "index.txt").write_text(f"V\t{now:%y%m%d%H%M%S}Z\t\t{serial:X}\tunknown\t/CN=x\n".replace("\t26", "\t36"))
    with socket.socket() as trial:
        trial.bind(("127.0.0.1", 0))
        port: int = trial.getsockname()[1]
    words = ["openssl", "ocsp", "-port", str(port), "-index", "index.txt", "-CA", "ca.pem", "-rsigner", "signer.pem"]
    process = subprocess.Popen(  # noqa: S603  (named above)
        [*words, "-rkey", "signer.key", "-ndays", "1"], cwd=folder, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )
    try:
        yield Server(port, process.pid)
    finally:
        process.kill()
        process.wait(20)


def _measure(wanted: Selected) -> Iterator[tuple[Row, Figure]]:
    for program in ("wrk", "openssl"):
        if shutil.which(program) is None:
            raise PeerMissing(f"{program} is not installed")
    with ExitStack() as stack:
        data = stack.enter_context(demo_instance())
        client = ensure_signer(data)
        tsa = serial_of(load_certificate(client.certificate_chain(CredentialId("tsa")).certificate))
        issuer = client.certificate_chain(_ISSUING).certificate
        plain = post_script(data / "plain.lua", question(issuer, tsa), _TYPE)
        fresh = post_script(data / "nonce.lua", question(issuer, tsa, b"n" * 32), _TYPE)
        maker = "absah_site.responders.ocsp.application:from_environment"
        ours = stack.enter_context(serving(maker, {"ABSAH_DATA": str(data)}))
        while not list((data / "responders").glob("ocsp/*/*.csr")):
            time.sleep(0.1)
        absah("worker", "--once", "--data", data)
        _wait(ours.port, question(issuer, tsa))
        if wanted.has(_PRESIGNED.name):
            peer = stack.enter_context(serving("bench.status:constant", {"PYTHONPATH": "."}))
            _wait_for_port(peer.port)
            yield _PRESIGNED, _in_turns(ours, plain, lambda: peer.rate(plain, "/ocsp", _SECONDS))
        if wanted.has(_LIVE.name):
            other = stack.enter_context(_openssl(data, client, int(tsa)))
            _wait(other.port, question(issuer, tsa))
            asked = question(issuer, tsa, b"n" * 32)
            yield _LIVE, _in_turns(ours, fresh, lambda: _rate_by_connections(other, asked))


def _wait_for_port(port: int) -> None:
    for _ in range(100):
        try:
            socket.create_connection(("127.0.0.1", port), timeout=1).close()
        except OSError:
            time.sleep(0.1)
        else:
            return
    raise PeerMissing("the peer did not begin to serve")


def _rate_by_connections(server: Server, body: bytes) -> float:
    """Answers for each second of the server's processor time, a connection for each, as HTTP/1.0 has it."""
    head = f"POST /ocsp HTTP/1.0\r\nContent-Type: {_TYPE}\r\nContent-Length: {len(body)}\r\n\r\n".encode()
    before, began, answered = server.cpu_seconds(), time.perf_counter(), 0
    while time.perf_counter() - began < _SECONDS:
        with socket.create_connection(("127.0.0.1", server.port), timeout=5) as connection:
            connection.sendall(head + body)
            got = b""
            while part := connection.recv(4096):
                got += part
        if b" 200 " not in got[:20]:
            raise PeerMissing(f"the peer did not answer: {got[:60]!r}")
        answered += 1
    return answered / (server.cpu_seconds() - before)


def _in_turns(ours: Server, script: Path, peer: Callable[[], float]) -> Figure:
    rounds = [(ours.rate(script, "/ocsp", _SECONDS), peer()) for _ in range(_ROUNDS)]
    ratios = sorted(mine / theirs for mine, theirs in rounds)
    mine, theirs = (median(column) for column in zip(*rounds, strict=True))
    return Figure(value=mine, peer=theirs, n=_ROUNDS, note=f"single rounds {ratios[0]:.3g} to {ratios[-1]:.3g}")


BENCHES: tuple[Bench, ...] = (Bench((_PRESIGNED, _LIVE), _measure),)
