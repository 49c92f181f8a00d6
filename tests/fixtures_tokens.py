"""SoftHSM as the token: a folder of tokens for one test, and a signer whose services' keys are made in one of them."""

import os
import shutil
import subprocess
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from absah.adapters.pkcs11.settings import KeySettings, KeysTable, TokenSettings
from absah.adapters.pkcs11.vault import PlacedVault
from absah.adapters.sealing import DerivationCost
from absah.adapters.service_secret import create_service_secret
from absah.adapters.signer.custody import Custody
from absah.adapters.signer.service import SignerService
from absah.kernel.clock import FixedClock
from absah.kernel.rng import SystemRng
from tests.fixtures_pki import NOW
from tests.fixtures_signer import House, root_at

MODULES = (
    Path("/usr/lib/softhsm/libsofthsm2.so"),
    Path("/usr/lib64/pkcs11/libsofthsm2.so"),
    Path("/usr/local/lib/softhsm/libsofthsm2.so"),
)
MODULE = next((path for path in MODULES if path.exists()), MODULES[0])
PIN = "271828"
SECURITY_OFFICER = "31415926"


@dataclass(frozen=True)
class SoftHsm:
    """A folder of tokens. It can be taken away while processes use it, and be put back."""

    folder: Path
    pins: Path

    @property
    def tokens(self) -> Path:
        return self.folder / "tokens"

    def initialise(self, label: str) -> None:
        self.util("--init-token", "--free", "--label", label, "--pin", PIN, "--so-pin", SECURITY_OFFICER)

    def util(self, *words: str) -> None:
        subprocess.run(["softhsm2-util", *words], check=True, capture_output=True, timeout=30)

    def take_away(self) -> None:
        shutil.move(self.tokens, self.folder / "away")
        self.tokens.mkdir()

    def put_back(self) -> None:
        self.tokens.rmdir()
        shutil.move(self.folder / "away", self.tokens)

    def settings(self, name: str = "hsm-1", *, label: str = "satu", **changes) -> TokenSettings:
        written = {"serial": "", "pin_file": self.pin_file(name), "sessions": 1, "module": str(MODULE)} | changes
        return TokenSettings(name=name, label=label, **written)

    def pin_file(self, name: str, pin: str = PIN) -> Path:
        path = self.pins / f"{name}.pin"
        if not path.exists():
            self.write_pin(name, pin)
        return path

    def write_pin(self, name: str, pin: str) -> None:
        path = self.pins / f"{name}.pin"
        path.unlink(missing_ok=True)
        path.touch(mode=0o600)
        path.write_text(pin + "\n")


@pytest.fixture
def soft_hsm(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> SoftHsm:
    """Two tokens of SoftHSM, `satu` and `dua`."""
    folder, pins = tmp_path / "softhsm", tmp_path / "pins"
    (folder / "tokens").mkdir(parents=True)
    pins.mkdir(mode=0o700)
    (folder / "softhsm2.conf").write_text(
        f"directories.tokendir = {folder / 'tokens'}\nobjectstore.backend = file\nlog.level = ERROR\n"
    )
    monkeypatch.setitem(os.environ, "SOFTHSM2_CONF", str(folder / "softhsm2.conf"))
    made = SoftHsm(folder, pins)
    for label in ("satu", "dua"):
        made.initialise(label)
    return made


@dataclass
class TokenHouses:
    """Opens signers over one data folder, closing the one before: a restart."""

    open: Callable[..., House]
    hsm: SoftHsm


@pytest.fixture
def token_houses(tmp_path: Path, soft_hsm: SoftHsm) -> Iterator[TokenHouses]:
    """Signers whose keys are made in tokens as the test says: `open(authority="hsm-1", tsa="hsm-2")`."""
    data = tmp_path / "data"
    data.mkdir()
    create_service_secret(data, SystemRng())
    clock, root = FixedClock(NOW), root_at(NOW)
    opened: list[Custody] = []
    tokens = (soft_hsm.settings("hsm-1", label="satu"), soft_hsm.settings("hsm-2", label="dua"))

    def reopen(**kinds: object) -> House:
        while opened:
            opened.pop().close()
        settings = KeySettings(tokens=tokens, keys=KeysTable(**kinds))
        opened.append(
            Custody(
                data,
                clock=clock,
                rng=SystemRng(),
                vault_for=lambda service: PlacedVault(settings, service, SystemRng(), clock, cost=DerivationCost()),
            )
        )
        return House(data, clock, opened[0], SignerService(opened[0]), root)

    yield TokenHouses(reopen, soft_hsm)
    while opened:
        opened.pop().close()
