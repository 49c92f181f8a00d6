"""The worker is killed while it brings mails and messages: here a few times, fifty in `make soak`."""

from pathlib import Path

import pytest
from soak.courier_kills import kill_couriers


@pytest.mark.loopback
def test_after_kills_between_intention_and_record_everything_has_come_and_what_came_twice_says_so(
    tmp_path: Path,
) -> None:
    found = kill_couriers(tmp_path, kills=3, seed=20261127)

    assert found["held"], found
    assert found["waiting"] == 0, found
