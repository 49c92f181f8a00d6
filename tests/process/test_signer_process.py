"""The signer as it really runs: started, killed, started again, asked by many at once."""

import os
import re
import signal
import socket
import sqlite3
import stat
import subprocess
import sys
import threading
import time
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from tests.fixtures_pki import PERSON_NAME, new_key
from tests.fixtures_signer import CA, PERSON, WRONG, attributes_for, digest_of, order_for
from tests.process.conftest import wait_until_gone

from absah.adapters.service_secret import create_service_secret
from absah.adapters.signer.errors import (
    ConsentUnknown,
    CredentialExists,
    CredentialUnknown,
    MustWait,
    PreparationUnknown,
    SignerNotStarted,
    SignerUnreachable,
    WrongPassphrase,
)
from absah.adapters.signer.frames import receive_frame
from absah.adapters.signer_client import ByService, SignerClient
from absah.adapters.signer_life import ensure_signer, stop_signer
from absah.kernel.clock import SystemClock
from absah.kernel.rng import Serial, SystemRng
from absah.pki.algorithms import (
    DigestAlgorithm,
    KeyAlgorithm,
    SignatureAlgorithm,
    SignatureScheme,
    public_key_of,
    verify_bytes,
)
from absah.pki.certificates import load_certificate, public_key_of_certificate
from absah.pki.crl import CrlPlan, parse_crl
from absah.pki.issuance import SerialRefused
from absah.signing.ports import CredentialId, Signer

ONE, TWO = digest_of("one"), digest_of("two")
ECDSA = SignatureAlgorithm(scheme=SignatureScheme.ECDSA, digest=DigestAlgorithm.SHA256)


def journal(data: Path) -> list[tuple]:
    connection = sqlite3.connect(f"file:{data}/keys/credentials.sqlite3?mode=ro", uri=True)
    try:
        query = "SELECT operation, subject, result FROM key_use LEFT JOIN key_use_result ON key_use = id ORDER BY id"
        return connection.execute(query).fetchall()
    finally:
        connection.close()


def test_a_document_is_signed_across_the_process_border(running):
    signer: Signer = running.client
    certificate = signer.certificate_chain(PERSON).certificate
    consent = running.authorise(ONE, TWO)
    attributes = (attributes_for(ONE, certificate), attributes_for(TWO, certificate))
    signatures = signer.sign(consent, attributes)
    for signed, signature in zip(attributes, signatures, strict=True):
        verify_bytes(public_key_of_certificate(load_certificate(certificate)), signature, signed, ECDSA)
    with pytest.raises(ConsentUnknown):
        signer.sign(consent, attributes)


def test_a_list_is_issued_across_the_process_border(running):
    now = SystemClock().now()
    issuer = running.client.certificate_chain(CA).certificate
    week = (now + timedelta(days=7)).replace(microsecond=0)
    plan = CrlPlan(issuer_der=issuer, number=1, this_update=now, next_update=week, entries=())
    parse_crl(running.client.issue_crl(CA, plan)).verify(public_key_of_certificate(load_certificate(issuer)))


def test_one_time_codes_states_and_passphrases_cross_the_border(running):
    client = running.client
    assert len(client.bind_totp(PERSON)) == 32
    client.change_state(PERSON, "suspended")
    assert client.certificate_chain(PERSON).state == "suspended"
    client.change_state(PERSON, "active")
    with pytest.raises(WrongPassphrase) as refused:
        client.change_passphrase(PERSON, WRONG, WRONG)
    assert refused.value.parameters == {"left": 4}


def test_the_signer_is_another_process_and_nobodys_child(running):
    process = running.client.ping().process
    assert process != os.getpid()
    # Adopted by init or by a reaper, but not ours: waiting for it is not our business.
    with pytest.raises(ChildProcessError):
        os.waitpid(process, os.WNOHANG)


def test_socket_folder_and_store_are_for_the_owner_only(running):
    modes = {name: stat.S_IMODE((running.data / name).stat().st_mode) for name in ("run", "run/signer.sock", "keys")}
    assert modes == {"run": 0o700, "run/signer.sock": 0o600, "keys": 0o700}


def test_a_killed_signer_starts_again_over_its_stale_socket_and_knows_its_keys(running):
    before = running.client.certificate_chain(PERSON)
    consent = running.authorise(ONE)
    running.kill()
    assert (running.data / "run" / "signer.sock").exists()
    with pytest.raises(SignerUnreachable):
        running.client.ping()
    running.restart()
    assert running.client.certificate_chain(PERSON) == before
    with pytest.raises(ConsentUnknown):
        running.client.sign(consent, (attributes_for(ONE, before.certificate),))
    assert running.client.sign(running.authorise(ONE), (attributes_for(ONE, before.certificate),))


def test_a_kill_gives_no_free_guess(running):
    for _ in range(5):
        with pytest.raises(WrongPassphrase):
            running.authorise(ONE, passphrase=WRONG)
    running.kill()
    running.restart()
    with pytest.raises(MustWait):
        running.authorise(ONE)


def create_until_killed(running, answered):
    for number in range(10_000):
        name = CredentialId(f"key-{number}")
        try:
            running.client.create_key(name, kind="seal", algorithm=KeyAlgorithm.P256, protection=ByService())
        except SignerUnreachable:
            return
        answered.append(name)


def sign_until_killed(running, certificate, signed):
    for number in range(10_000):
        digest = digest_of(f"document {number}")
        try:
            running.client.sign(running.authorise(digest), (attributes_for(digest, certificate),))
        except SignerUnreachable:
            return
        signed.append(digest.hex())


@pytest.mark.slow
@pytest.mark.parametrize("delay", [0.05, 0.2, 0.35])
def test_a_kill_in_the_middle_of_work_leaves_nothing_half_done(running, delay):
    certificate = running.client.certificate_chain(PERSON).certificate
    answered: list[CredentialId] = []
    signed: list[str] = []
    workers = [
        threading.Thread(target=create_until_killed, args=(running, answered)),
        threading.Thread(target=sign_until_killed, args=(running, certificate, signed)),
    ]
    process = running.client.ping().process
    for worker in workers:
        worker.start()
    time.sleep(delay)
    os.kill(process, signal.SIGKILL)
    for worker in workers:
        worker.join()
    wait_until_gone(process)
    running.restart()
    lines = journal(running.data)
    # Every answered key is there, whole. One more may have been made and not answered: it is whole, too.
    made = sum(operation == "create-key" for operation, *_ in lines) - 2
    assert made - len(answered) in (0, 1)
    for number in range(made):
        running.client.drop_pending(CredentialId(f"key-{number}"))
    with pytest.raises(CredentialUnknown):
        running.client.drop_pending(CredentialId(f"key-{made}"))
    # Every intention has ended one way or the other; every answered signature is in the journal, once, as done.
    assert {result for *_, result in lines} <= {"done", "interrupted"}
    done = [subject for operation, subject, result in lines if operation == "sign" and result == "done"]
    assert done[: len(signed)] == signed
    assert len(done) - len(signed) in (0, 1)


def test_a_key_is_on_disk_when_its_public_half_is_answered(running):
    running.client.create_key(CredentialId("x"), kind="tsa", algorithm=KeyAlgorithm.P256, protection=ByService())
    running.kill()
    running.restart()
    with pytest.raises(CredentialExists):
        running.client.create_key(CredentialId("x"), kind="tsa", algorithm=KeyAlgorithm.P256, protection=ByService())


def test_sigterm_ends_it_cleanly(running):
    process = running.client.ping().process
    os.kill(process, signal.SIGTERM)
    wait_until_gone(process)
    assert not (running.data / "run" / "signer.sock").exists()
    assert "stopped" in (running.data / "run" / "signer.log").read_text()


def test_an_idle_connection_does_not_keep_it_from_ending(running):
    process = running.client.ping().process
    with socket.socket(socket.AF_UNIX) as idle:
        idle.connect(str(running.data / "run" / "signer.sock"))
        os.kill(process, signal.SIGTERM)
        wait_until_gone(process)


def test_stopping_waits_until_the_socket_is_gone(data):
    ensure_signer(data)
    assert stop_signer(data)
    assert not stop_signer(data)


def test_starting_twice_at_once_starts_one(data):
    clients: list[int] = []
    threads = [threading.Thread(target=lambda: clients.append(ensure_signer(data).ping().process)) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(clients) == 4
    assert len(set(clients)) == 1


def test_a_second_process_for_the_same_folder_declines(data):
    ensure_signer(data)
    command = [sys.executable, "-m", "absah.adapters.signer_process", "--data", str(data)]
    second = subprocess.run(command, capture_output=True, text=True, check=False, timeout=60)
    assert (second.returncode, second.stdout) == (75, "")
    assert "signer.already-running" in (data / "run" / "signer.log").read_text()


def test_without_a_service_secret_it_does_not_start_and_says_where_to_look(tmp_path):
    with pytest.raises(SignerNotStarted) as refused:
        ensure_signer(tmp_path)
    log = Path(str(refused.value.parameters["log"]))
    assert "keys.service-secret-missing" in log.read_text()


def test_it_ends_by_itself_when_nobody_asks(data):
    process = ensure_signer(data, idle=timedelta(seconds=1)).ping().process
    wait_until_gone(process)


def test_it_ends_with_the_process_that_it_was_started_for(data):
    with subprocess.Popen(["sleep", "600"]) as needy:
        process = ensure_signer(data, idle=None, end_with=needy.pid).ping().process
        needy.kill()
    wait_until_gone(process)
    with pytest.raises(SignerUnreachable):
        ensure_signer(data, idle=None, end_with=needy.pid)  # it has ended before we begin


def test_nobody_there_is_unavailable(tmp_path):
    with pytest.raises(SignerUnreachable):
        SignerClient(tmp_path / "run" / "signer.sock").ping()


def test_a_data_folder_may_lie_deeper_than_a_socket_address_is_long(tmp_path):
    deep = tmp_path.joinpath(*["a-folder-with-a-rather-long-name"] * 5)
    deep.mkdir(parents=True)
    assert len(str(deep)) > 108
    create_service_secret(deep, SystemRng())
    before = Path.cwd()
    client = ensure_signer(deep)
    assert client.ping().process
    client.create_key(CA, kind="authority", algorithm=KeyAlgorithm.P256, protection=ByService())
    assert stop_signer(deep)
    assert Path.cwd() == before


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can become another user")
def test_another_user_of_the_machine_is_not_let_in(running):
    folder = running.data / "run"
    folder.chmod(0o755)
    (folder / "signer.sock").chmod(0o666)
    reader, writer = os.pipe()
    # The child keeps the folder open before it becomes a stranger: the folders above stay closed to everybody.
    opened = os.open(folder, os.O_PATH)
    child = os.fork()
    if not child:
        try:
            os.setresuid(65534, 65534, 65534)
            with socket.socket(socket.AF_UNIX) as stranger:
                stranger.connect(f"/proc/self/fd/{opened}/signer.sock")
                os.write(writer, receive_frame(stranger) or b"")
        finally:
            os._exit(0)
    os.close(opened)
    os.close(writer)
    os.waitpid(child, 0)
    with os.fdopen(reader, "rb") as answer:
        assert b"signer.peer-refused" in answer.read()
    assert running.client.ping()


def test_wrong_passphrases_of_one_do_not_stall_the_others(running):
    certificate = running.client.certificate_chain(PERSON).certificate
    running.authorise(ONE)
    stop = threading.Event()

    def guess(number):
        while not stop.is_set():
            try:
                running.authorise(ONE, passphrase=WRONG, application=f"stranger-{number}")
            except (WrongPassphrase, MustWait):
                continue

    guessers = [threading.Thread(target=guess, args=(number,)) for number in range(4)]
    for guesser in guessers:
        guesser.start()
    try:
        issuer = running.client.certificate_chain(CA).certificate
        began = time.perf_counter()
        for number in range(10):
            key = running.client.create_key(
                CredentialId(f"k{number}"), kind="seal", algorithm=KeyAlgorithm.P256, protection=ByService()
            )
            order = order_for("individual-signer", PERSON_NAME, key, issuer, SystemClock().now())
            running.client.issue_certificate(CA, order)
        took = time.perf_counter() - began
    finally:
        stop.set()
        for guesser in guessers:
            guesser.join()
    assert certificate
    # Ten keys made and ten certificates issued; without guessers it takes about a fifth of a second, if nobody else
    # needs the machine.
    assert took < 60


def test_the_log_holds_no_secret_and_no_document(running):
    running.authorise(ONE)
    for _ in range(3):
        with pytest.raises(WrongPassphrase):
            running.authorise(ONE, passphrase=WRONG)
    with socket.socket(socket.AF_UNIX) as rude:
        rude.connect(str(running.data / "run" / "signer.sock"))
        rude.sendall(b"\x00\x00\x00\x0egajah gajah ga")
        rude.recv(100)
    told = (running.data / "run" / "signer.log").read_text()
    assert "signer.wrong-passphrase" in told
    assert "signer.message-refused" in told
    assert "gajah" not in told
    assert ONE.hex() not in told


def test_it_leaves_no_core_file(running):
    limits = Path(f"/proc/{running.client.ping().process}/limits").read_text()
    assert re.search(r"Max core file size +0 +0 ", limits)


def test_certificates_are_prepared_while_the_caller_does_something_else_and_signed_when_it_says_so(running):
    issuer = running.client.certificate_chain(CA).certificate
    keys = [public_key_of(new_key()) for _ in range(2)]
    orders = tuple(order_for("individual-signer", PERSON_NAME, key, issuer, SystemClock().now()) for key in keys)
    preparation = running.client.prepare_certificates(CA, orders)
    assert running.client.ping()  # on another line: the one that was asked first keeps its answer
    preparation.wait()
    issued = preparation.issue()
    assert [load_certificate(one).serial_number for one in issued] == [order.serial for order in orders]
    with pytest.raises(PreparationUnknown):
        preparation.issue()
    preparation.withdraw()  # there is nothing left to withdraw

    refused = running.client.prepare_certificates(CA, (replace(orders[0], serial=Serial(7)),))
    with pytest.raises(SerialRefused):
        refused.wait()
    given_up = running.client.prepare_certificates(CA, orders)
    given_up.withdraw()
    with pytest.raises(PreparationUnknown):
        given_up.issue()


def test_what_a_signer_that_ended_had_prepared_is_withdrawn_without_a_word(running):
    issuer = running.client.certificate_chain(CA).certificate
    order = order_for("individual-signer", PERSON_NAME, public_key_of(new_key()), issuer, SystemClock().now())
    preparation = running.client.prepare_certificates(CA, (order,))
    preparation.wait()
    running.client.stop()
    preparation.withdraw()
