"""The instance of these tests."""

from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from pytest_django import Settings
from tests.conformance.pades_samples import bench
from tests.fixtures_pki import NOW

from absah.adapters.files import DocumentStore
from absah.adapters.sealed_shelf import SealedShelf
from absah.kernel.clock import FixedClock, instant
from absah.kernel.rng import SystemRng
from absah_site import composition


@pytest.fixture
def clock() -> FixedClock:
    """Five minutes after the samples were signed."""
    return FixedClock(instant(NOW + timedelta(minutes=5)))


@pytest.fixture(autouse=True)
def data(tmp_path: Path, settings: Settings, monkeypatch: pytest.MonkeyPatch, clock: FixedClock) -> Path:
    """An instance that trusts the test root and publishes its lists."""
    settings.CONFIG = replace(settings.CONFIG, data=tmp_path)
    shelf, documents = SealedShelf(tmp_path / "shelf", clock, SystemRng()), DocumentStore(tmp_path / "documents")
    for name, value in {"clock": clock, "shelf": shelf, "documents": documents}.items():
        monkeypatch.setattr(composition, name, lambda value=value: value)
    for folder in ("trust", "repository/ca", "repository/crl"):
        (tmp_path / folder).mkdir(parents=True)
    (tmp_path / "trust/root.cer").write_bytes(bench().pki.root.certificate)
    (tmp_path / "repository/ca/issuing.cer").write_bytes(bench().pki.issuing.certificate)
    for number, crl in enumerate(bench().crls):
        (tmp_path / f"repository/crl/{number}.crl").write_bytes(crl)
    return tmp_path
