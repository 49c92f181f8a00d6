"""Writers, sequencers and who archives are killed: twenty times here, two hundred in `make soak`."""

from pathlib import Path

from soak.ledger_kills import kill_sequencers


def test_after_kills_at_random_moments_every_row_is_in_the_log_once(tmp_path: Path) -> None:
    found = kill_sequencers(tmp_path, kills=20, seed=20261127)

    assert found["held"], found
