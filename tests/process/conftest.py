"""A real signer process over a data folder of its own."""

import os
import select
import signal
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

import pytest
from tests.fixtures_pki import PERSON_NAME, Party
from tests.fixtures_signer import CA, PERSON, RIGHT, certified_by, order_for, root_at

from absah.adapters.service_secret import create_service_secret
from absah.adapters.signer_client import ByPassphrase, ByService, SignerClient
from absah.adapters.signer_life import ensure_signer, stop_signer
from absah.kernel.clock import SystemClock
from absah.kernel.rng import SystemRng
from absah.pki.algorithms import KeyAlgorithm
from absah.signing.factors import Factors, Secret
from absah.signing.ports import Activation, DocumentDigest


@dataclass
class Running:
    """A signer process, its client, and the root above its CA."""

    data: Path
    client: SignerClient
    root: Party

    def found_ca(self) -> bytes:
        now = SystemClock().now()
        public_key = self.client.create_key(CA, kind="authority", algorithm=KeyAlgorithm.P256, protection=ByService())
        certificate = certified_by(self.root, public_key, now)
        self.client.attach_certificate(CA, certificate, (self.root.certificate,))
        return certificate

    def enrol_person(self) -> bytes:
        issuer = self.client.certificate_chain(CA).certificate
        public_key = self.client.create_key(
            PERSON, kind="subscriber", algorithm=KeyAlgorithm.P256, protection=ByPassphrase(RIGHT)
        )
        wanted = order_for("individual-signer", PERSON_NAME, public_key, issuer, SystemClock().now())
        certificate = self.client.issue_certificate(CA, wanted)
        self.client.attach_certificate(PERSON, certificate, (issuer, self.root.certificate))
        return certificate

    def authorise(self, *digests: DocumentDigest, passphrase: Secret = RIGHT, application: str = "portal"):
        return self.client.authorise(
            Activation(
                credential=PERSON, application=application, digests=digests, factors=Factors(passphrase=passphrase)
            )
        )

    def kill(self) -> None:
        """As the machine would: at once, with no word of warning."""
        process = self.client.ping().process
        os.kill(process, signal.SIGKILL)
        wait_until_gone(process)

    def restart(self) -> None:
        self.client = ensure_signer(self.data)


def wait_until_gone(process: int) -> None:
    """Until a process that is not our child has ended."""
    descriptor = os.pidfd_open(process)
    try:
        assert select.select([descriptor], [], [], 20)[0], "the process did not end"
    finally:
        os.close(descriptor)


@pytest.fixture
def data(tmp_path: Path) -> Iterator[Path]:
    """A data folder; whatever signer is left over at the end is stopped."""
    create_service_secret(tmp_path, SystemRng())
    yield tmp_path
    with suppress(Exception):
        stop_signer(tmp_path)


@pytest.fixture(scope="session")
def root() -> Party:
    return root_at(SystemClock().now())


@pytest.fixture
def running(data: Path, root: Party) -> Running:
    """A signer with an issuing CA and a person who has a passphrase."""
    made = Running(data, ensure_signer(data), root)
    made.found_ca()
    made.enrol_person()
    return made
