"""The command line as a user has it: real processes, one demo instance for the whole run."""

import json
import os
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

import pytest


@dataclass(frozen=True)
class Answer:
    """What a command said, and how it ended."""

    status: int
    out: str
    err: str

    @property
    def facts(self) -> dict:
        return json.loads(self.out.splitlines()[-1])


@dataclass(frozen=True)
class Absah:
    """`absah` on one instance."""

    data: Path

    def __call__(self, command: str, *words: str | Path, lang: str = "en", stdin: str = "") -> Answer:
        done = subprocess.run(
            [sys.executable, "-m", "absah_site.cli", command, *map(str, words), "--data", str(self.data)],
            env=os.environ | {"ABSAH_LANG": lang},
            input=stdin,
            capture_output=True,
            text=True,
            timeout=180,
            check=False,
        )
        return Answer(done.returncode, done.stdout, done.stderr)

    def json(self, command: str, *words: str | Path, stdin: str = "") -> Answer:
        return self(command, *words, "--json", stdin=stdin)


@pytest.fixture(scope="session")
def absah(tmp_path_factory) -> Absah:
    """The instance that `absah demo` makes."""
    absah = Absah(tmp_path_factory.mktemp("endtoend") / "demo")
    answer = absah("demo")
    assert answer.status == 0, answer.out + answer.err
    return absah


@pytest.fixture(scope="session")
def credentials(absah) -> dict:
    return json.loads((absah.data / "credentials.json").read_text())


@pytest.fixture(scope="session")
def sign(absah, credentials, tmp_path_factory):
    """Sign through the command line with the n-th demo signer."""
    folder = tmp_path_factory.mktemp("passphrases")

    def run(number: int, source: Path, target: Path, *words: str, passphrase: str | None = None) -> Answer:
        signer = credentials["signers"][number]
        secret = folder / f"{number}.txt"
        secret.write_text((passphrase or signer["passphrase"]) + "\n")
        return absah.json("sign", source, "-o", target, "--signer", signer["nik"], "--passphrase-file", secret, *words)

    return run
