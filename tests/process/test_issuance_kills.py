"""Eight processes issue while they, and the signer, are killed: fifty here, a thousand in `make soak`."""

from pathlib import Path

from soak.issuance_kills import kill_issuers


def test_after_kills_at_random_moments_register_journal_list_and_ledger_agree(tmp_path: Path) -> None:
    found = kill_issuers(tmp_path, issued=50, seed=20261127)

    assert found["held"], found
    assert found["certificates"] >= 50
    assert found["kills"]["issuers"] > 0
