"""The offline verifier, run as an auditor runs it, agrees with the library and finds what was changed."""

import json
import subprocess
import sys
from datetime import timedelta
from pathlib import Path

import pytest
from tests.site.ledger.conftest import OPERATOR, Log

from absah.audit.merkle import check_consistency, check_inclusion
from absah.cli import offline_verifier
from absah_site.audit import actions as audit
from absah_site.ledger import access, actions

pytestmark = pytest.mark.django_db

SCRIPT = Path(offline_verifier.__file__)


def run(*words: object) -> tuple[int, dict[str, object]]:
    """With nothing of ours on the path."""
    command = [sys.executable, "-I", str(SCRIPT), *map(str, words)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    return done.returncode, json.loads(done.stdout)


def test_it_imports_nothing_but_the_standard_library_and_cryptography() -> None:
    imported = {line.split()[1].split(".")[0] for line in SCRIPT.read_text().splitlines() if line.startswith(("import ", "from "))}  # fmt: skip  # noqa: E501
    assert imported <= set(sys.stdlib_module_names) | {"cryptography"}


def test_archive_proof_and_checkpoints_agree_until_somebody_touches_them(log: Log, tmp_path: Path) -> None:
    entries = log.write(30)
    first = log.head()
    log.clock.advance(timedelta(days=1))
    log.write(13)
    second = log.head()
    one, two, archive, proof = (tmp_path / name for name in ("one.json", "two.json", "archive", "proof.json"))
    one.write_bytes(first.to_bytes())
    two.write_bytes(second.to_bytes())
    assert actions.write_archive(archive, by=OPERATOR) == second.size
    proof.write_bytes(access.prove_entry(entries[17]).to_bytes())
    name = first.signed.head.log

    code, found = run("archive", archive, "--against", one, "--log", name)
    assert (code, found["entries"], found["checkpoints"]) == (0, second.size, 1)
    code, found = run("proof", proof)
    assert (code, found["position"], found["entry"]["facts"]) == (0, 17, {"number": 17})
    assert run("checkpoint", one, two)[0] == 0

    assert run("archive", archive, "--log", "00" * 32)[0] == 1
    lines = archive.read_bytes().splitlines(keepends=True)
    for touched in (
        [*lines[:5], lines[5].replace(b"system", b"sistem"), *lines[6:]],
        [*lines[:5], *lines[6:]],
        [*lines[:5], lines[6], lines[5], *lines[7:]],
    ):
        archive.write_bytes(b"".join(touched))
        assert run("archive", archive)[0] == 1
    proof.write_bytes(proof.read_bytes().replace(b'\\"number\\":17', b'\\"number\\":18'))
    assert run("proof", proof)[0] == 1
    assert run("proof", tmp_path / "absent")[0] == 65
    assert run("checkpoint", archive)[0] == 65


def test_both_implementations_agree_about_every_proof_of_small_logs(log: Log) -> None:
    log.write(23)
    size = log.head().size
    for position in range(size):
        found = access.prove_entry(log_entry(position))
        leaf = offline_verifier.sha256(b"\x00" + found.canonical).digest()
        head = found.signed.head
        assert check_inclusion(leaf, position, head.size, found.proof, head.root)
        assert offline_verifier.climb(leaf, position, head.size, list(found.proof)) == head.root
    from absah.audit.merkle import consistency_proof, root
    from absah_site.ledger.store.nodes import reading

    after = reading(lambda read: root(size, read))
    for older in range(1, size):
        way = reading(lambda read, older=older: consistency_proof(older, size, read))
        before = reading(lambda read, older=older: root(older, read))
        assert check_consistency(older, size, way, before, after)
        assert offline_verifier.goes_on(older, size, list(way), before) == (before, after)


def log_entry(position: int) -> int:
    from absah_site.ledger.store import leaves

    found = leaves.entry_at(position)
    assert found is not None
    return found


def test_erasing_a_person_leaves_log_heads_and_proofs_verifiable(log: Log, tmp_path: Path) -> None:
    from django.db import transaction

    from absah.audit.tags import AccountTag
    from absah_site import composition
    from absah_site.audit import access as ledger

    with transaction.atomic():
        commitment = audit.commit_to("nama: Siti", person="user:7", rng=composition.rng())
        facts = {"identity": commitment}
        now = log.clock.now()
        audit.record(at=now, tag=AccountTag.USER_CREATED, actor="system:test", subject="user:7", facts=facts)
    ((row, _),) = ledger.latest_entries(limit=1)
    kept = log.head()
    proof, archive = tmp_path / "proof.json", tmp_path / "archive"
    before = access.prove_entry(row).to_bytes()
    assert [one for one, _ in ledger.commitments_about("user:7")] == [commitment]
    audit.erase_salts("user:7")
    assert ledger.commitments_about("user:7") == ()
    assert log.verify(kept).intact
    assert access.prove_entry(row).to_bytes() == before
    proof.write_bytes(before)
    actions.write_archive(archive, by=OPERATOR)
    assert (run("proof", proof)[0], run("archive", archive)[0]) == (0, 0)
    assert b"Siti" not in archive.read_bytes()
