"""Those who ask for jobs and those who do them are killed: here a few, two hundred in `make soak`."""

from pathlib import Path

from soak.job_kills import kill_workers


def test_after_kills_at_random_moments_every_fact_has_its_job_and_every_job_its_result_once(tmp_path: Path) -> None:
    found = kill_workers(tmp_path, kills=12, seed=20261127)

    assert found["held"], found
