"""Batches with the real signer and real worker processes: killed, begun again, refused, stopped, and never twice."""

import os
import re
import signal
import sqlite3
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Callable
from contextlib import suppress
from datetime import timedelta
from pathlib import Path

import pytest
from soak.documents import FoundSignature, many_documents, signature_in
from tests.fakes.documents import page_with
from tests.fixtures_pki import TSA_NAME
from tests.fixtures_signer import CA, TSA, WRONG, order_for
from tests.process.batch_workbench import DEADLY
from tests.process.batch_worlds import FileLedger, batch
from tests.process.conftest import Running

from absah.adapters.batch_folders import NameNotText, OutputExists, OutputMissing
from absah.adapters.batch_pool import WorkerDied
from absah.adapters.batch_ports import BatchStopped, GivenUp
from absah.adapters.signer.errors import SignerUnreachable, WrongPassphrase
from absah.adapters.signer_client import ByService, SignerClient
from absah.kernel.clock import SystemClock
from absah.pki.algorithms import KeyAlgorithm
from absah.signing.factors import Factors
from absah.signing.levels import Level

COUNT = 12
ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture
def stamping(running: Running) -> Running:
    """The same signer with a time-stamping unit."""
    issuer = running.client.certificate_chain(CA).certificate
    key = running.client.create_key(TSA, kind="tsa", algorithm=KeyAlgorithm.P256, protection=ByService())
    certificate = running.client.issue_certificate(CA, order_for("tsa", TSA_NAME, key, issuer, SystemClock().now()))
    running.client.attach_certificate(TSA, certificate, (issuer, running.root.certificate))
    return running


@pytest.fixture
def inputs(tmp_path: Path) -> Path:
    folder = tmp_path / "in"
    many_documents(folder, COUNT)
    return folder


@pytest.fixture
def outputs(tmp_path: Path) -> Path:
    return tmp_path / "out"


def uses(data: Path) -> Counter[str]:
    """Digests that went to the person's key, by how often."""
    connection = sqlite3.connect(f"file:{data}/keys/credentials.sqlite3?mode=ro", uri=True)
    try:
        query = "SELECT subject FROM key_use WHERE operation = 'sign'"
        return Counter(subject for (subject,) in connection.execute(query))
    finally:
        connection.close()


def signatures(inputs: Path, outputs: Path) -> dict[str, FoundSignature]:
    """The signature in each output, checked."""
    found = {}
    for path in sorted(outputs.rglob("*.pdf")):
        name = path.relative_to(outputs)
        found[name.as_posix()] = signature_in(path.read_bytes(), (inputs / name).read_bytes())
    return found


def names_in(folder: Path) -> set[str]:
    return {path.relative_to(folder).as_posix() for path in folder.rglob("*.pdf")}


@pytest.mark.parametrize("level", [Level.B_B, Level.B_T])
def test_every_document_is_signed_once_under_one_consent(stamping: Running, inputs: Path, outputs: Path, level) -> None:
    report = batch(stamping.data, inputs, outputs, level=level)
    assert (report.count("signed"), report.stopped) == (COUNT, None)
    found = signatures(inputs, outputs)
    assert set(found) == names_in(inputs)
    assert uses(stamping.data) == Counter({one.digest.hex(): 1 for one in found.values()})
    assert {result.name: result.sha256 for result in report.results} == {
        name: one.sha256 for name, one in found.items()
    }
    assert set(FileLedger(stamping.data / "ledger").ended().values()) == {"signed"}
    assert list((outputs / ".absah-batch" / "parts").iterdir()) == []


def test_begun_again_it_signs_what_is_new_and_nothing_twice(running: Running, inputs: Path, outputs: Path) -> None:
    batch(running.data, inputs, outputs)
    before = {path: path.read_bytes() for path in outputs.rglob("*.pdf")}
    (inputs / "new.pdf").write_bytes(page_with("BT /F1 9 Tf 9 9 Td (baru) Tj ET"))
    report = batch(running.data, inputs, outputs)
    assert report.count("signed") == COUNT + 1
    assert {path: path.read_bytes() for path in before} == before
    assert sum(uses(running.data).values()) == COUNT + 1


def test_files_of_the_same_content_are_signed_once(running: Running, inputs: Path, outputs: Path) -> None:
    (inputs / "copy.pdf").write_bytes((inputs / "000001.pdf").read_bytes())
    report = batch(running.data, inputs, outputs)
    assert report.count("signed") == COUNT + 1
    assert (outputs / "copy.pdf").read_bytes() == (outputs / "000001.pdf").read_bytes()
    assert sum(uses(running.data).values()) == COUNT


def test_what_is_wrong_with_a_document_is_its_own_result(running: Running, inputs: Path, outputs: Path) -> None:
    (inputs / "bad.pdf").write_bytes(b"not a pdf")
    (inputs / "deadly.pdf").write_bytes(page_with() + b"\n%" + DEADLY + b"\n")
    (inputs / "gone.pdf").symlink_to(inputs / "nowhere")
    os.mkfifo(inputs / "pipe.pdf")
    Path(os.fsdecode(os.fsencode(inputs) + b"/caf\xe9.pdf")).write_bytes(page_with())
    outputs.mkdir()
    (outputs / "000001.pdf").write_bytes(b"somebody else's")
    report = batch(running.data, inputs, outputs)
    assert {result.name: result.code for result in report.results if result.state == "failed"} == {
        "bad.pdf": "pdf.not-a-pdf",
        "deadly.pdf": WorkerDied.code,
        "gone.pdf": "engine.file-unread",
        "pipe.pdf": "engine.file-unread",
        "caf\udce9.pdf": NameNotText.code,
        "000001.pdf": OutputExists.code,
    }
    assert report.count("signed") == COUNT - 1
    assert (outputs / "000001.pdf").read_bytes() == b"somebody else's"
    assert sum(uses(running.data).values()) == COUNT - 1


def test_a_signed_document_that_was_taken_away_is_not_signed_again(
    running: Running, inputs: Path, outputs: Path
) -> None:
    batch(running.data, inputs, outputs)
    (outputs / "000001.pdf").unlink()
    report = batch(running.data, inputs, outputs)
    assert [result.code for result in report.results if result.state == "failed"] == [OutputMissing.code]
    assert sum(uses(running.data).values()) == COUNT


def test_a_wrong_passphrase_stops_it_and_the_right_one_goes_on(running: Running, inputs: Path, outputs: Path) -> None:
    report = batch(running.data, inputs, outputs, factors=Factors(passphrase=WRONG))
    assert isinstance(report.stopped, WrongPassphrase)
    assert report.count("waiting") == COUNT
    assert not uses(running.data)
    assert batch(running.data, inputs, outputs).count("signed") == COUNT


def test_whoever_is_asked_to_stop_finishes_what_was_signed(running: Running, inputs: Path, outputs: Path) -> None:
    report = batch(running.data, inputs, outputs, stop=lambda: bool(uses(running.data)))
    assert report.stopped is None or isinstance(report.stopped, BatchStopped)
    assert report.count("signed") == sum(uses(running.data).values())
    with pytest.raises(BatchStopped):
        batch(running.data, inputs, outputs / "2", stop=lambda: True)


class Interposed:
    """The signer with something between it and the batch."""

    def __init__(self, client: SignerClient, before: Callable[[], None], after: Callable[[], None]) -> None:
        self._client, self._before, self._after = client, before, after
        self.certificate_chain, self.authorise = client.certificate_chain, client.authorise

    def sign(self, consent, attributes):
        self._before()
        values = self._client.sign(consent, attributes)
        self._after()
        return values


def nothing() -> None:
    """No event."""


def unreachable() -> None:
    raise SignerUnreachable


def test_an_answer_that_was_lost_costs_an_authorisation_and_never_a_second_use_of_it(
    running: Running, inputs: Path, outputs: Path
) -> None:
    lost = Interposed(running.client, nothing, unreachable)
    report = batch(running.data, inputs, outputs, signer=lost)
    assert isinstance(report.stopped, SignerUnreachable)
    assert report.count("waiting") == COUNT
    assert set(FileLedger(running.data / "ledger").ended().values()) == {"failed"}
    assert batch(running.data, inputs, outputs).count("signed") == COUNT
    found = {one.digest.hex() for one in signatures(inputs, outputs).values()}
    assert set(uses(running.data).values()) == {1}
    assert len(uses(running.data)) == 2 * COUNT
    assert found < set(uses(running.data))


def test_what_was_given_up_meanwhile_is_not_handed_out(running: Running, inputs: Path, outputs: Path) -> None:
    ledger = FileLedger(running.data / "ledger")

    def give_up() -> None:
        for record, word in ledger.ended().items():
            if word == "intended":
                ledger._write("failed", record)

    report = batch(running.data, inputs, outputs, signer=Interposed(running.client, nothing, give_up))
    assert {result.code for result in report.results} == {GivenUp.code}
    assert not names_in(outputs)
    assert batch(running.data, inputs, outputs).count("signed") == COUNT
    assert set(ledger.ended().values()) == {"failed", "signed"}


def test_a_time_stamping_unit_that_is_away_costs_no_signature_value(
    stamping: Running, inputs: Path, outputs: Path
) -> None:
    def lose_the_tsa() -> None:
        stamping.kill()

    report = batch(
        stamping.data, inputs, outputs, level=Level.B_T, signer=Interposed(stamping.client, nothing, lose_the_tsa)
    )
    assert isinstance(report.stopped, SignerUnreachable)
    assert report.count("waiting") == COUNT
    stamping.restart()
    assert batch(stamping.data, inputs, outputs, level=Level.B_T).count("signed") == COUNT
    found = signatures(inputs, outputs)
    assert uses(stamping.data) == Counter({one.digest.hex(): 1 for one in found.values()})


def test_a_prepared_document_that_was_spoilt_is_prepared_again(stamping: Running, inputs: Path, outputs: Path) -> None:
    parts = outputs / ".absah-batch" / "parts"

    def lose_the_tsa() -> None:
        stamping.kill()

    batch(stamping.data, inputs, outputs, level=Level.B_T, signer=Interposed(stamping.client, nothing, lose_the_tsa))
    spoilt = sorted(parts.iterdir())[:2]
    assert len(list(parts.iterdir())) == COUNT
    spoilt[0].unlink()
    spoilt[1].write_bytes(b"%PDF-1.7 something else")
    stamping.restart()
    assert batch(stamping.data, inputs, outputs, level=Level.B_T).count("signed") == COUNT
    assert set(uses(stamping.data).values()) == {1}
    assert len(uses(stamping.data)) == COUNT + 2
    assert len(signatures(inputs, outputs)) == COUNT


def test_what_was_completed_before_a_kill_is_completed_again(stamping: Running, inputs: Path, outputs: Path) -> None:
    batch(stamping.data, inputs, outputs, level=Level.B_T, signer=Interposed(stamping.client, nothing, stamping.kill))
    for part in (outputs / ".absah-batch" / "parts").iterdir():
        completed, places = re.subn(rb"(?<=<)0{9000,}(?=>)", lambda place: b"a" * len(place[0]), part.read_bytes())
        assert places == 1
        part.write_bytes(completed + b"and more than there will be")
    stamping.restart()
    assert batch(stamping.data, inputs, outputs, level=Level.B_T).count("signed") == COUNT
    found = signatures(inputs, outputs)
    assert uses(stamping.data) == Counter({one.digest.hex(): 1 for one in found.values()})


def begin(data: Path, inputs: Path, outputs: Path) -> subprocess.Popen[bytes]:
    """A batch in a process of its own, to be killed."""
    command = [sys.executable, "-m", "tests.process.batch_worlds", *map(str, (data, inputs, outputs)), "B-T"]
    return subprocess.Popen(command, cwd=ROOT, env=os.environ | {"PYTHONPATH": f"{ROOT}:{ROOT / 'src'}"})


def begins(part: Path) -> bool:
    """Whether a part has more than what was appended."""
    with suppress(FileNotFoundError):
        return part.read_bytes().startswith(b"%PDF")
    return False


def until(condition: Callable[[], bool], process: subprocess.Popen[bytes]) -> None:
    """Wait for a moment in the life of a batch."""
    end = time.perf_counter() + 60
    while not condition() and process.poll() is None and time.perf_counter() < end:
        time.sleep(0.002)


@pytest.mark.slow
@pytest.mark.parametrize("moment", ["prepared", "authorised", "valued", "completing", "completed"])
def test_a_kill_loses_nothing_and_signs_nothing_twice(
    stamping: Running, inputs: Path, outputs: Path, moment: str
) -> None:
    journal = outputs / ".absah-batch" / "journal"
    signs = {
        "prepared": lambda: any((outputs / ".absah-batch").rglob("*.part")),
        "authorised": lambda: journal.exists() and b'"authorised"' in journal.read_bytes(),
        "valued": lambda: journal.exists() and b'"valued"' in journal.read_bytes(),
        "completing": lambda: any(map(begins, (outputs / ".absah-batch").rglob("*.part"))),
        "completed": lambda: journal.exists() and b'"completed"' in journal.read_bytes(),
    }
    process = begin(stamping.data, inputs, outputs)
    until(signs[moment], process)
    process.send_signal(signal.SIGKILL)
    process.wait()
    again = begin(stamping.data, inputs, outputs)
    assert again.wait(timeout=timedelta(minutes=2).total_seconds()) == 0
    found = signatures(inputs, outputs)
    assert set(found) == names_in(inputs)
    made = uses(stamping.data)
    assert set(made.values()) == {1}
    assert {one.digest.hex() for one in found.values()} <= set(made)
    ended = Counter(FileLedger(stamping.data / "ledger").ended().values())
    assert ended["signed"] == COUNT
    assert ended["intended"] == 0
    # A value that nobody embedded belongs to an attempt that the ledger knows as failed.
    assert len(made) - COUNT <= ended["failed"]
