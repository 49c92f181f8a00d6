"""`absah sign-batch` as a user has it."""

import json
from pathlib import Path

import pytest
from soak.documents import many_documents


@pytest.fixture
def folders(tmp_path: Path) -> tuple[Path, Path]:
    many_documents(tmp_path / "in", 6)
    return tmp_path / "in", tmp_path / "out"


@pytest.fixture
def sign_batch(absah, credentials, tmp_path):
    secret = tmp_path / "passphrase"
    signer = credentials["signers"][0]
    secret.write_text(signer["passphrase"] + "\n")

    def run(inputs: Path, outputs: Path, *words: str):
        return absah.json(
            "sign-batch", inputs, outputs, "--signer", signer["nik"], "--passphrase-file", secret, "--jobs", "1", *words
        )

    return run


def test_a_folder_is_signed_and_each_file_passes(absah, sign_batch, folders) -> None:
    inputs, outputs = folders
    answer = sign_batch(inputs, outputs, "--level", "B-LT", "--box", "1,60,60,190,70")
    assert (answer.status, answer.facts["signed"], answer.facts["stopped"]) == (0, 6, None)
    assert {json.loads(line)["progress"]["total"] for line in answer.out.splitlines()[:-1]} == {6}
    for result in answer.facts["results"]:
        verified = absah.json("verify", outputs / result["name"])
        assert (verified.status, verified.facts["signatures"][0]["level"]) == (0, "B-LT")


def test_a_refused_file_is_exit_1_and_the_rest_is_signed(sign_batch, folders) -> None:
    inputs, outputs = folders
    (inputs / "bad.pdf").write_bytes(b"")
    answer = sign_batch(inputs, outputs, "--level", "B-B")
    assert (answer.status, answer.facts["signed"], answer.facts["failed"]) == (1, 6, 1)
    again = sign_batch(inputs, outputs, "--level", "B-B")
    assert (again.status, again.facts["signed"]) == (1, 6)
    other = sign_batch(inputs, outputs, "--level", "B-T")
    assert (other.status, other.facts["error"]) == (65, "batch.other-order")


@pytest.mark.parametrize("outputs", ["in", "in/out", "."])
def test_outputs_never_become_inputs(sign_batch, folders, outputs: str) -> None:
    answer = sign_batch(folders[0], folders[0].parent / outputs)
    assert (answer.status, answer.facts["error"]) == (64, "cli.usage")
