"""Two workers bring messages to one receiver, and never two at once."""

import subprocess
import sys
import time
from pathlib import Path

import pytest
from tests.fixtures_receiver import Receiver, receiving

MESSAGES = 20


def words(*more: str) -> list[str]:
    return [sys.executable, "-m", "soak.courier_kills", *more]


@pytest.mark.loopback
def test_two_workers_bring_everything_one_after_the_other(tmp_path: Path) -> None:
    data = tmp_path / "data"
    init = [sys.executable, "-m", "absah_site.cli", "init", "--role", "agency", "--data", str(data)]
    subprocess.run(init, check=True, capture_output=True)
    with (data / "absah.toml").open("a", encoding="utf-8") as settings:
        settings.write('\n[webhooks]\ntrusted = ["127.0.0.1"]\n')
    receiver = Receiver(meanwhile=lambda: time.sleep(0.02))
    with receiving(receiver):
        subprocess.run(words("tell", str(data), str(MESSAGES), receiver.address), check=True, capture_output=True)
        workers = [subprocess.Popen(words("work", str(data)), stderr=subprocess.DEVNULL) for _ in range(2)]
        until = time.monotonic() + 120
        while len(receiver.received) < MESSAGES and time.monotonic() < until:
            time.sleep(0.05)
        for worker in workers:
            worker.terminate()
        for worker in workers:
            worker.wait(30)
    assert len(set(receiver.ids)) == len(receiver.ids) == MESSAGES
    assert receiver.most_at_once == 1
