"""The evidence bundle: it checks itself, shows every change, and leaves through the door without internal notes."""

import io
import json
import subprocess
import sys
import zipfile
from collections.abc import Callable
from pathlib import Path
from uuid import UUID

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from tests.site.agreements.conftest import MINISTRY, _one_clock, first, hire, ministry, second

from absah.cli import bundle as command
from absah.cli.bundle_verifier import Disagreement, Unreadable, check_bundle
from absah_site.actors import Account
from absah_site.cases.actions import bundles
from absah_site.roles import Role

__all__ = ["_one_clock", "first", "hire", "ministry", "second"]

pytestmark = pytest.mark.django_db


@pytest.fixture
def enter(client: Client) -> Callable[[Account], Client]:
    def sign_in(account: Account) -> Client:
        client.post("/keluar/")
        client.post("/masuk/", {"username": account.username, "password": "kucing-biru-terbang"})
        return client

    return sign_in


@pytest.fixture
def page(ministry: UUID, first: Account, enter: Callable[[Account], Client]) -> str:
    """An agreement with a duty that was shown with a file, and a case with an internal note."""
    client, base = enter(first), f"/perjanjian/{ministry}/"
    shown = {"act": "submit", "on": "2026-11-20", "reference-activity": "Sosialisasi 1"}
    photo = SimpleUploadedFile("foto.pdf", b"%PDF-1.7 foto")
    submitted = client.post(f"{base}kewajiban/K1-h/2026/", shown | {"file-activity": photo})
    assert submitted.status_code == 302, submitted.content.decode()
    ticket = {"subject": "Rusak", "class": "integrity", "description": "Berubah."}
    case = client.post(f"{base}kasus/baru/support/", ticket).headers["Location"]
    assert client.post(case, {"act": "note", "text": "Rahasia kami.", "internal": "on"}).status_code == 302
    return f"{base}bundel/"


def taken(client: Client, page: str, **fields: str) -> bytes:
    answer = client.post(page, fields)
    assert answer.status_code == 200
    return b"".join(answer.streaming_content)  # type: ignore[arg-type]  # not asynchronous


def rewritten(bundle: bytes, *, without: str = "", changed: str = "", added: str = "") -> io.BytesIO:
    buffer = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(bundle)) as before, zipfile.ZipFile(buffer, "w") as after:
        for name in before.namelist():
            if name != without:
                after.writestr(name, before.read(name) + (b" " if name == changed else b""))
        if added:
            after.writestr(added, b"")
    return buffer


def test_a_bundle_checks_itself_and_shows_every_change(page: str, client: Client, tmp_path: Path) -> None:
    made = taken(client, page)
    found = check_bundle(io.BytesIO(made))
    assert found["evidence"] == 1
    assert found["withheld"] == 0
    with zipfile.ZipFile(io.BytesIO(made)) as archive:
        names = archive.namelist()
        photo = next(name for name in names if name.endswith("foto.pdf"))
        assert b"Rahasia kami." not in b"".join(map(archive.read, names))
        index = json.loads(archive.read("indeks.json"))
        assert index["for"] == "first"
        (tmp_path / "periksa.py").write_bytes(archive.read("periksa.py"))
    (tmp_path / "bundel.zip").write_bytes(made)
    run = [sys.executable, "-I", "periksa.py", "bundel.zip"]
    alone = subprocess.run(run, cwd=tmp_path, capture_output=True, check=True)
    assert json.loads(alone.stdout) == {"agrees": True, **found}
    for change in ({"without": photo}, {"changed": photo}, {"added": "berkas/lain.pdf"}):
        with pytest.raises(Disagreement):
            check_bundle(rewritten(made, **change))
    with pytest.raises(Unreadable):
        check_bundle(rewritten(made, without="indeks.json"))
    with pytest.raises(Unreadable):
        check_bundle(io.BytesIO(b"PK no bundle"))


def test_the_command_answers_like_the_program_inside(
    page: str, client: Client, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    made = taken(client, page, first="2026-11-01", last="2026-11-30")
    file = tmp_path / "bundel.zip"
    file.write_bytes(made)
    assert command.run(["verify", str(file), "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["index"] == check_bundle(file)["index"]
    file.write_bytes(rewritten(made, added="lain").getvalue())
    assert command.run(["verify", str(file)]) != 0
    file.write_bytes(b"")
    assert command.run(["verify", str(file)]) != 0
    assert command.run(["weigh", str(file)]) != 0


def test_an_outsider_gets_it_with_the_other_partys_consent_only(
    page: str, ministry: UUID, first: Account, second: Account, enter: Callable[[Account], Client]
) -> None:
    client = enter(first)
    assert client.get(page).status_code == 200
    backwards = client.post(page, {"first": "2026-11-20", "last": "2026-11-01"})
    assert "mendahului" in backwards.content.decode()
    outside = {"recipient": "Badan Pemeriksa"}
    assert client.post(page, outside).status_code == 403
    number = json.loads(zipfile.ZipFile(io.BytesIO(taken(client, page))).read("indeks.json"))["agreement"]["numbers"][0]
    consent = {
        "subject": f"Bundel bukti {number}",
        "recipient": "Badan Pemeriksa",
        "letter": "B/1/2026",
        "given_on": "2026-11-20",
    }
    assert enter(second).post(f"/perjanjian/{ministry}/catatan/consent/", consent).status_code == 302
    with zipfile.ZipFile(io.BytesIO(taken(enter(first), page, **outside))) as archive:
        index = json.loads(archive.read("indeks.json"))
    assert (index["for"], index["ground"], index["consent"]) == ("Badan Pemeriksa", "consent", "B/1/2026")


def test_an_auditor_takes_it_for_the_own_house_and_for_nobody_else(
    page: str, hire: Callable[..., Account], enter: Callable[[Account], Client], monkeypatch: pytest.MonkeyPatch
) -> None:
    client = enter(hire("dian", Role.AUDITOR, MINISTRY))
    assert check_bundle(io.BytesIO(taken(client, page)))["files"] > 3
    assert client.post(page, {"recipient": "Badan Pemeriksa"}).status_code == 403
    client = enter(hire("eka", Role.AUDITOR))
    with zipfile.ZipFile(io.BytesIO(taken(client, page))) as archive:
        assert json.loads(archive.read("indeks.json"))["for"] == "second"
    monkeypatch.setattr(bundles, "LARGEST", 3)
    assert client.post(page, {}).status_code == 422
