"""The two halves of a signature may be hours and processes apart; what lies between them is no secret."""

import json
import os
import subprocess
import sys
from datetime import timedelta
from pathlib import Path

import pytest
from tests.fakes.documents import agreement
from tests.fakes.signing import CREDENTIAL, FACTORS, NOW, Bench, bench

from absah.adapters.engines import ChosenEngine
from absah.adapters.file_source import FileSource
from absah.pdf.signature_values import signature_contents
from absah.pki.algorithms import DigestAlgorithm
from absah.pki.certificates import load_certificate, public_key_of_certificate
from absah.pki.cms import parse_signed_data, verify_signer_info
from absah.pki.tsp import parse_timestamp_token
from absah.signing.levels import Level
from absah.signing.ports import DocumentDigest, ReservedDocument
from absah.signing.request import Drafted, Prepared
from absah.signing.usecases import complete_signing

ROOT = Path(__file__).parents[2]


@pytest.fixture
def tools() -> Bench:
    return bench(engine=ChosenEngine())


def prepared_elsewhere(folder: Path, tools: Bench) -> None:
    """The first half, in a process that knows the certificates and nothing else."""
    member = tools.signer.members[CREDENTIAL]
    for number, certificate in enumerate((member.certificate, *member.chain)):
        (folder / f"{number}.cer").write_bytes(certificate)
    (folder / "in.pdf").write_bytes(agreement())
    command = [sys.executable, "-m", "tests.process.signing_apart", str(folder)]
    subprocess.run(command, cwd=ROOT, env=os.environ | {"PYTHONPATH": f"{ROOT}:{ROOT / 'src'}"}, check=True)


def taken_up(folder: Path, tools: Bench, document: FileSource) -> Prepared:
    said = json.loads((folder / "prepared.json").read_text())
    return Prepared(
        draft=Drafted(document=document, credential=CREDENTIAL, level=Level.B_T),
        reserved=ReservedDocument(
            original=document,
            appended=(folder / "appended").read_bytes(),
            byte_range=tuple(said["byte_range"]),
            digest=DocumentDigest(bytes.fromhex(said["digest"])),
            algorithm=DigestAlgorithm.SHA256,
            field_name=said["field"],
        ),
        signer=tools.signer.certificate_chain(CREDENTIAL),
        signed_attributes=bytes.fromhex(said["attributes"]),
        at=NOW,
    )


def test_a_signature_is_finished_hours_later_in_another_process(tmp_path: Path, tools: Bench) -> None:
    prepared_elsewhere(tmp_path, tools)
    tools.clock.advance(timedelta(hours=3))
    with FileSource(tmp_path / "in.pdf") as document:
        prepared = taken_up(tmp_path, tools, document)
        (signed,) = complete_signing([prepared], "uji", FACTORS, tools.ports, clock=tools.clock)
        made = signed.document
    assert made.startswith(agreement())
    (value,) = signature_contents(made).values
    (signer,) = parse_signed_data(value.cms).signers
    assert signer.attributes is not None
    assert signer.attributes.message_digest == DigestAlgorithm.SHA256.digest(value.covered(made))
    verify_signer_info(signer, public_key_of_certificate(load_certificate(signed.certificate)))
    (token,) = signer.signature_timestamps
    assert parse_timestamp_token(token).info.time == NOW + timedelta(hours=3)
