"""Time and chance come from the kernel alone: ruff refuses every other reader."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]

PLANTED = {
    "from datetime import datetime, UTC\ndatetime.now(UTC)": "datetime.datetime.now",
    "from datetime import datetime\ndatetime.today()": "datetime.datetime.today",
    "import datetime\ndatetime.datetime.utcnow()": "datetime.datetime.utcnow",
    "import datetime as dt\ndt.date.today()": "datetime.date.today",
    "import time\ntime.time()": "time.time",
    "from time import time_ns\ntime_ns()": "time.time_ns",
    "import time\ntime.monotonic()": "time.monotonic",
    "from django.utils import timezone\ntimezone.now()": "django.utils.timezone.now",
    "import uuid\nuuid.uuid4()": "uuid.uuid4",
    "import secrets\nsecrets.token_bytes(16)": "secrets",
    "import random\nrandom.random()": "random",
    "import os\nos.urandom(16)": "os.urandom",
    "from cryptography import x509\nx509.random_serial_number()": "cryptography.x509.random_serial_number",
}


def banned(code: str, where: str) -> list[str]:
    """What the ban on readers of time and chance says about a piece of code at a place in the sources."""
    ran = subprocess.run(
        [sys.executable, "-m", "ruff", "check", "--select", "TID251", "--output-format", "json", "--no-cache",
         "--stdin-filename", where, "-"],
        cwd=ROOT, input=code, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert ran.returncode in (0, 1), ran.stderr
    return [finding["message"] for finding in json.loads(ran.stdout)]


@pytest.mark.parametrize(("code", "reader"), PLANTED.items(), ids=PLANTED.values())
def test_a_planted_reader_of_time_or_chance_is_refused(code: str, reader: str) -> None:
    said = banned(code, "src/absah/pki/planted.py")

    assert any(f"`{reader}`" in message for message in said), said


def test_the_kernel_alone_may_read_them() -> None:
    assert banned("import time\ntime.time()", "src/absah/kernel/clock.py") == []
    assert banned("import secrets\nsecrets.token_bytes(16)", "src/absah/kernel/rng.py") == []
    assert banned("import secrets\nsecrets.token_bytes(16)", "src/absah/kernel/people.py") != []
