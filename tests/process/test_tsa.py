"""The TSA as it really runs: real clients over HTTP, malformed questions, a clock that is off, a record that holds."""

import socket
import struct
import subprocess
import threading
import time
from contextlib import contextmanager

import pytest
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509 import load_der_x509_certificate
from rfc3161_client import TimestampRequestBuilder, VerifierBuilder, decode_timestamp_response
from tests.fixtures_tsa import failure_at, post, running_tsa, tsa_instance

from absah.adapters.stamp_record import check_record, files_of
from absah.kernel.clock import SystemClock
from absah.pki.algorithms import DigestAlgorithm
from absah.pki.tsp import (
    TimestampRejected,
    TimestampRequest,
    build_timestamp_request,
    parse_timestamp_response,
    parse_timestamp_token,
    verify_timestamp_token,
)

pytestmark = pytest.mark.loopback

CONTENT = b"Perjanjian kerja sama\n"
IMPRINT = DigestAlgorithm.SHA256.digest(CONTENT)
QUESTION = build_timestamp_request(TimestampRequest(digest_algorithm=DigestAlgorithm.SHA256, imprint=IMPRINT, nonce=7))

OLD_QUESTION = build_timestamp_request(TimestampRequest(digest_algorithm=DigestAlgorithm.SHA1, imprint=bytes(20)))


@pytest.fixture(scope="module")
def tsa(tmp_path_factory):
    """One process for the tests that only ask."""
    instance = tsa_instance(tmp_path_factory.mktemp("tsa") / "data")
    with running_tsa(instance) as port:
        yield instance, port


def openssl(folder, *words) -> bytes:
    done = subprocess.run(["openssl", "ts", *words], cwd=folder, check=True, capture_output=True, timeout=60)
    return done.stdout + done.stderr


def test_openssl_asks_over_http_and_verifies(tsa, tmp_path):
    instance, port = tsa
    (tmp_path / "content").write_bytes(CONTENT)
    openssl(tmp_path, "-query", "-data", "content", "-sha256", "-cert", "-out", "q.tsq")
    status, kind, answer = post(port, (tmp_path / "q.tsq").read_bytes())
    assert (status, kind) == (200, "application/timestamp-reply")
    (tmp_path / "a.tsr").write_bytes(answer)
    (tmp_path / "root.pem").write_bytes(load_der_x509_certificate(instance.root.certificate).public_bytes(Encoding.PEM))
    said = openssl(tmp_path, "-verify", "-queryfile", "q.tsq", "-in", "a.tsr", "-CAfile", "root.pem")
    assert b"Verification: OK" in said


def test_an_independent_client_verifies_the_answer(tsa):
    instance, port = tsa
    question = TimestampRequestBuilder().data(CONTENT).build()
    _, _, answer = post(port, question.as_bytes())
    verifier = VerifierBuilder.from_request(question).add_root_certificate(
        load_der_x509_certificate(instance.root.certificate)
    )
    assert verifier.build().verify_message(decode_timestamp_response(answer), CONTENT)


def test_serials_are_random_and_the_record_has_every_token(tsa):
    instance, port = tsa
    before = check_record(instance.data).lines
    tokens = [parse_timestamp_token(parse_timestamp_response(post(port, QUESTION)[2])) for _ in range(5)]
    serials = {token.info.serial for token in tokens}
    assert len(serials) == 5
    assert all(serial.bit_length() == 127 for serial in serials)
    assert {(token.info.nonce, token.info.accuracy.seconds) for token in tokens} == {(7, 1)}
    verify_timestamp_token(tokens[0], IMPRINT)
    written = files_of(instance.data)[-1].read_text()
    assert all(f" {serial:032x} sha256:{IMPRINT.hex()} " in written for serial in serials)
    assert check_record(instance.data).lines == before + 5


@pytest.mark.parametrize(
    ("body", "failure"),
    [
        (b"", "bad_data_format"),
        (b"nonsense", "bad_data_format"),
        (QUESTION[:-1], "bad_data_format"),
        (QUESTION + b"\x00", "bad_data_format"),
        (OLD_QUESTION, "bad_algorithm"),
        (
            build_timestamp_request(
                TimestampRequest(digest_algorithm=DigestAlgorithm.SHA256, imprint=IMPRINT, policy="1.2.3.4")
            ),
            "unaccepted_policy",
        ),
    ],
)
def test_what_cannot_be_stamped_is_refused_in_the_protocol_s_own_form(tsa, body, failure):
    status, kind, answer = post(tsa[1], body)
    assert (status, kind) == (200, "application/timestamp-reply")
    with pytest.raises(TimestampRejected) as refusal:
        parse_timestamp_response(answer)
    assert refusal.value.parameters == {"status": "rejection", "failure": failure}


def test_what_is_no_question_is_refused_at_the_door(tsa):
    assert post(tsa[1], bytes(5000))[0] == 413
    assert post(tsa[1], QUESTION, "text/plain")[0] == 415
    assert post(tsa[1], b"", method="GET")[0] == 405


def test_a_killed_process_leaves_a_record_that_holds_and_goes_on(tmp_path):
    instance = tsa_instance(tmp_path / "data")
    with running_tsa(instance) as port:
        for _ in range(3):
            post(port, QUESTION)
    with files_of(instance.data)[-1].open("ab") as file:
        file.write(b"2026-11-27T00:00:00Z 7f")  # as a machine that lost its power would leave it
    with running_tsa(instance) as port:
        post(port, QUESTION)
    assert check_record(instance.data).lines == 4


@contextmanager
def time_server(offset: float):
    """A server of SNTP on this machine whose clock is off."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as server:
        server.bind(("127.0.0.1", 0))
        server.settimeout(0.2)
        ending = threading.Event()

        def serve():
            while not ending.is_set():
                try:
                    question, sender = server.recvfrom(512)
                except TimeoutError:
                    continue
                now = int((SystemClock().wall() + offset + 2_208_988_800) * 2**32) & (2**64 - 1)
                head = struct.pack(">BBbb3I", 0x24, 1, 0, -20, 0, 0, 0)
                server.sendto(head + bytes(8) + question[40:48] + struct.pack(">QQ", now, now), sender)

        thread = threading.Thread(target=serve)
        thread.start()
        try:
            yield f"127.0.0.1:{server.getsockname()[1]}"
        finally:
            ending.set()
            thread.join()


@pytest.mark.parametrize(("offset", "stamped"), [(0.02, True), (3.0, False)])
def test_nothing_is_stamped_while_other_clocks_say_that_ours_is_wrong(tmp_path, offset, stamped):
    with time_server(offset) as name:
        instance = tsa_instance(tmp_path / "data", f'[time]\nservers = ["{name}"]\n')
        with running_tsa(instance) as port:
            until = time.monotonic() + 60
            while stamped and failure_at(port) == "time_not_available" and time.monotonic() < until:
                time.sleep(0.05)
            answer = post(port, QUESTION)[2]
    if stamped:
        assert parse_timestamp_response(answer)
        return
    with pytest.raises(TimestampRejected) as refusal:
        parse_timestamp_response(answer)
    assert refusal.value.parameters["failure"] == "time_not_available"
    assert [path.name for path in (tmp_path / "data" / "tsa").iterdir()] == [".lock"]
