"""The row of the time-stamping authority: tokens over HTTP, against the same room handing out constant bytes.

Both servers run as they do in production, granian with one worker; `wrk` asks them in turns over kept connections, with
a real TimeStampReq in the body. What the authority adds to the constant server is its work: reading the request, a look
at the clock, the P-256 signature, the token, the line in the record. Counted is the processor time of each server, so
that neither `wrk` nor whoever else works on the machine is in the figure; requests a second of that time.
"""

import shutil
import tempfile
import time
from collections.abc import Iterator
from contextlib import ExitStack
from datetime import timedelta
from pathlib import Path
from statistics import median
from typing import Final, final

from absah.adapters.key_vault import generate_software_key
from absah.adapters.responder_keys import ResponderFolder
from absah.kernel.clock import SystemClock, instant
from absah.kernel.rng import SystemRng, serial_number
from absah.pki.algorithms import DigestAlgorithm, KeyAlgorithm, public_key_of
from absah.pki.certificates import load_certificate, validity_of
from absah.pki.hierarchy import AuthorityWish, order_for_authority
from absah.pki.issuance import Endpoints, issue, prepare
from absah.pki.names import AuthorityName
from absah.pki.requests import parse_certificate_request
from absah.pki.tsp import TimestampRequest, build_timestamp_request, parse_timestamp_response
from absah_site.responders.door import Door
from absah_site.responders.exchange import Answer, Question
from bench.rows import Bench, Figure, PeerMissing, Row, Selected
from bench.web import Server, serving

_HTTP = Row(name="tsa.http", unit="tokens/CPU-s", must=0.3, aim=0.5)
_ROUNDS: Final = 5
_SECONDS: Final = 2
_CONSTANT: Final = bytes(1500)
_SETTINGS: Final = 'role = "authority"\nbase_url = "http://127.0.0.1:1"\nname = "Bench"\n'
_QUESTION: Final = build_timestamp_request(
    TimestampRequest(digest_algorithm=DigestAlgorithm.SHA256, imprint=bytes(32), nonce=1 << 62)
)


@final
class ConstantDesk:
    """The peer: behind the same door, it reads a question and answers with bytes that are always the same."""

    name = "constant"
    path = "/tsa"
    methods = frozenset({"POST"})
    media_type = "application/timestamp-query"
    largest = 4096
    _answer = Answer(_CONSTANT, (("content-type", "application/timestamp-reply"),), "constant")

    def answer(self, _question: Question, /) -> Answer:
        return self._answer

    def fault(self) -> Answer:
        return self._answer

    def tick(self) -> None:
        """Nothing changes."""


def constant() -> Door:
    """The application of the peer."""
    return Door(ConstantDesk())


def _certify(folder: ResponderFolder, repository: Path) -> None:
    """Certify the key that the authority made, under a root of this bench."""
    now = SystemClock().now()
    root_key = generate_software_key(KeyAlgorithm.P256)
    name = AuthorityName(common_name="Bench UJI COBA", organisation="Absah")

    def certified(wish: AuthorityWish, issuer: bytes | None) -> bytes:
        order = order_for_authority(wish, issuer=issuer, serial=serial_number(SystemRng()), now=now)
        return issue(prepare(order, now=now), root_key)

    root = certified(AuthorityWish(profile="root-ca", name=name, public_key=public_key_of(root_key)), None)
    (repository / "root-ca.cer").write_bytes(root)
    points = Endpoints(crl_url="http://bench.example/a.crl", ca_issuers_url="http://bench.example/a.cer")
    for waiting in folder.waiting():
        asked = parse_certificate_request(waiting.request).public_key
        unit = AuthorityName(common_name="TSA UJI COBA", organisation="Absah")
        wish = AuthorityWish(profile="tsa", name=unit, public_key=asked, days=30, endpoints=points)
        folder.deliver(waiting.name, certified(wish, root))
    if validity_of(load_certificate(root))[1] < instant(now + timedelta(days=30)):
        raise AssertionError("the root outlives the unit")


def _wait_until_stamping(server: Server, data: Path) -> None:
    """Until the authority has asked for its key, has got it, and stamps."""
    from http.client import HTTPConnection  # noqa: PLC0415 - here only

    folder, headers = ResponderFolder(data, "tsa", "unit"), {"content-type": "application/timestamp-query"}
    for _ in range(300):
        time.sleep(0.1)
        if folder.waiting():
            _certify(folder, data / "repository" / "ca")
        try:
            connection = HTTPConnection("127.0.0.1", server.port, timeout=5)
            connection.request("POST", "/tsa", body=_QUESTION, headers=headers)
            parse_timestamp_response(connection.getresponse().read())
        except Exception:  # noqa: BLE001, S112 - not there yet, or without a key
            continue
        return
    raise PeerMissing("the authority did not begin to stamp")


def _measure(_wanted: Selected) -> Iterator[tuple[Row, Figure]]:
    if shutil.which("wrk") is None:
        raise PeerMissing("wrk is not installed")
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        data, script = folder / "data", folder / "ask.lua"
        (data / "secrets").mkdir(parents=True)
        (data / "repository" / "ca").mkdir(parents=True)
        (data / "absah.toml").write_text(_SETTINGS)
        body = "".join(f"\\{octet:03d}" for octet in _QUESTION)
        script.write_text(
            f'wrk.method = "POST"\nwrk.body = "{body}"\nwrk.headers["Content-Type"] = "application/timestamp-query"\n'
        )
        authority = stack.enter_context(
            serving("absah_site.responders.tsa.application:from_environment", {"ABSAH_DATA": str(data)})
        )
        peer = stack.enter_context(serving("bench.stamping:constant", {"PYTHONPATH": "."}))
        _wait_until_stamping(authority, data)
        rounds = [
            (authority.rate(script, "/tsa", _SECONDS), peer.rate(script, "/tsa", _SECONDS)) for _ in range(_ROUNDS)
        ]
    ours, constant_rate = (median(column) for column in zip(*rounds, strict=True))
    yield _HTTP, Figure(value=ours, peer=constant_rate, n=_ROUNDS)


BENCHES: tuple[Bench, ...] = (Bench((_HTTP,), _measure),)
