"""A real instance behind the pages: what `absah demo` makes, served by `absah up` on a port of this machine.

Its mail goes to a real mail server beside it, what its processes say into a file, its tables into SQLite or the
PostgreSQL of `$ABSAH_TEST_DATABASE`.
"""

import json
import os
import re
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from functools import cached_property
from pathlib import Path
from typing import Any

from tests.fixtures_mail import Postbox, mail_server
from tests.fixtures_ports import free_port
from tests.fixtures_receiver import Receiver, receiving

STARTS_WITHIN, ENDS_WITHIN = 240, 120  # seconds, on a very busy machine
_NO_INSTANCE = re.compile(r"^ABSAH_|^DJANGO_")


def _environment(**more: str) -> dict[str, str]:
    """Ours, without what would point at another instance."""
    return {name: value for name, value in os.environ.items() if not _NO_INSTANCE.match(name)} | more


@dataclass(frozen=True)
class LiveInstance:
    """An instance that answers at `url`. Its data folder holds the demo's documents and credentials.

    `log` is what its processes say, `postbox` what it mailed, `receiver` what it told a system of an agency.
    """

    data: Path
    url: str = ""
    postbox: Postbox = field(default_factory=Postbox, repr=False, compare=False)
    receiver: Receiver = field(default_factory=Receiver, repr=False, compare=False)
    _run: Any = field(default=None, repr=False, compare=False)

    @property
    def log(self) -> Path:
        return self.data.with_name(f"{self.data.name}.log")

    @cached_property
    def credentials(self) -> dict[str, Any]:
        return dict(json.loads((self.data / "credentials.json").read_text(encoding="utf-8")))

    def password_of(self, username: str) -> str:
        return next(user["password"] for user in self.credentials["users"] if user["username"] == username)

    def absah(self, *words: str | Path, status: int | None = 0) -> str:
        """Run a command of the command line here; its output. `status=None` takes every exit status."""
        return self._called(
            [sys.executable, "-m", "absah_site.cli", *map(str, words), "--data", str(self.data)], status
        )

    def prepare(self, script: str) -> str:
        """Run Python with Django set up for this instance: for a state that neither page nor command makes."""
        opening = "import os, django; django.setup()\n"
        return self._called([sys.executable, "-c", opening + script], 0)

    def _called(self, command: list[str], status: int | None) -> str:
        environment = _environment(ABSAH_DATA=str(self.data), DJANGO_SETTINGS_MODULE="absah_site.settings.instance")
        done = subprocess.run(
            command, env=environment, capture_output=True, text=True, check=False, timeout=900, stdin=subprocess.DEVNULL
        )
        assert status is None or done.returncode == status, f"{command}\n{done.stdout}\n{done.stderr}"
        return done.stdout


def _wait_until_it_answers(process: subprocess.Popen[bytes], port: int, log: Path) -> None:
    until = time.monotonic() + STARTS_WITHIN
    while time.monotonic() < until:
        assert process.poll() is None, f"`absah up` ended at once: {log.read_text(errors='replace')}"
        try:
            socket.create_connection(("127.0.0.1", port), timeout=1).close()
        except OSError:
            time.sleep(0.1)
        else:
            return
    raise AssertionError(f"`absah up` did not answer within {STARTS_WITHIN} seconds")


@contextmanager
def live_instance(folder: Path) -> Iterator[LiveInstance]:
    """Make the demo in a new folder and serve it until the tests are done."""
    LiveInstance(data=folder).absah("demo", "--database", os.environ.get("ABSAH_TEST_DATABASE", "sqlite"))
    with serving(folder) as instance:
        yield instance


@contextmanager
def serving(folder: Path) -> Iterator[LiveInstance]:
    """Serve the instance in a folder until the tests are done."""
    made, port = LiveInstance(data=folder), free_port()
    command = [sys.executable, "-m", "absah_site.cli", "up", "--port", str(port), "--data", str(folder)]
    with mail_server(made.postbox) as mail_port, receiving(made.receiver), made.log.open("wb") as log:
        with (folder / "absah.toml").open("a", encoding="utf-8") as settings:
            settings.write(f'\n[mail]\nway = "smtp"\nhost = "127.0.0.1"\nport = {mail_port}\n')
            settings.write('\n[webhooks]\ntrusted = ["127.0.0.1"]\n')
        process = subprocess.Popen(command, env=_environment(), stdin=subprocess.DEVNULL, stdout=log, stderr=log)
        try:
            _wait_until_it_answers(process, port, made.log)
            yield replace(made, url=f"http://127.0.0.1:{port}")
        finally:
            process.terminate()
            process.wait(ENDS_WITHIN)
