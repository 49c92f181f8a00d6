"""Kills the worker while it brings mails and messages of webhooks, then counts what came.

A mail server and a receiver, both real, kill the worker at the moment a message comes to them: before they have taken
it, or when they have and the worker has not written that down. At the end everything that was told must have come, and
what came twice must say so: by its Message-ID, by its webhook-id.
"""

import os
import random
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from email import message_from_bytes
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any, Final

from aiosmtpd.controller import Controller

_LONGEST: Final = 300.0  # seconds until the last message must have come
_TOLD: Final = 6  # of each for every kill


def kill_couriers(folder: Path, /, *, kills: int, seed: int = 1) -> dict[str, object]:
    """Tell much, kill the worker so often while it brings it, and judge."""
    data = folder.resolve() / f"couriers-{os.getpid()}"
    told = kills * _TOLD // 2
    with _doors(_Street(chance=random.Random(seed), kills=kills)) as street:  # noqa: S311  (moments, not secrets)
        _prepare(data, street, told)
        ended = time.monotonic() + _LONGEST
        while time.monotonic() < ended and not street.complete(told):
            street.worker = _start(data)
            while street.worker.poll() is None and time.monotonic() < ended and not street.complete(told):
                time.sleep(0.05)
        if street.worker is not None:
            time.sleep(0.5)  # what came is written down
            street.worker.terminate()
            street.worker.wait(30)
    return street.judged(told) | {"waiting": _waiting(data)}


@dataclass
class _Street:
    """Both receivers, and the worker that they kill."""

    chance: random.Random
    kills: int
    worker: "subprocess.Popen[bytes] | None" = None
    killed: int = 0
    mails: list[str] = field(default_factory=list)
    messages: list[str] = field(default_factory=list)
    mail_port: int = 0
    hook_port: int = 0
    turn: Any = field(default_factory=threading.Lock)

    def strike(self) -> bool:
        """Perhaps kill the worker, now. Whether it was."""
        with self.turn:
            worker = self.worker
            if worker is None or self.killed >= self.kills or self.chance.random() > 0.3:
                return False
            if worker.poll() is None:
                os.kill(worker.pid, signal.SIGKILL)
                worker.wait()
                self.killed += 1
            return True

    def complete(self, told: int) -> bool:
        return self.killed >= self.kills and len(set(self.mails)) >= told and len(set(self.messages)) >= told

    def judged(self, told: int) -> dict[str, object]:
        twice = len(self.mails) + len(self.messages) - len(set(self.mails)) - len(set(self.messages))
        found = {
            "told": told,
            "mails": len(set(self.mails)),
            "messages": len(set(self.messages)),
            "kills": self.killed,
            "came twice": twice,
        }
        whole = found["mails"] == found["messages"] == told
        return {**found, "held": whole and self.killed == self.kills and twice <= self.killed}


@contextmanager
def _doors(street: _Street) -> Iterator[_Street]:
    class Box:
        async def handle_RCPT(  # noqa: N802  (the server's name)
            self, _server: Any, _session: Any, envelope: Any, address: str, _options: Any
        ) -> str:
            street.strike()  # before the mail is here
            envelope.rcpt_tos.append(address)
            return "250 OK"

        async def handle_DATA(self, _server: Any, _session: Any, envelope: Any) -> str:  # noqa: N802  (as above)
            street.mails.append(str(message_from_bytes(envelope.content)["Message-ID"]))
            street.strike()  # taken, and the worker does not hear of it
            return "250 OK"

    class Hook(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            if street.strike():
                return
            self.rfile.read(int(self.headers["Content-Length"]))
            street.messages.append(str(self.headers["webhook-id"]))
            if street.strike():
                return
            self.send_response(204)
            self.end_headers()

        def log_message(self, *words: object) -> None:
            """Nothing."""

    class AnyPort(Controller):
        def _trigger_server(self) -> None:
            self.port = self.server.sockets[0].getsockname()[1]  # type: ignore[union-attr]  # it listens
            super()._trigger_server()

    mail = AnyPort(Box(), hostname="127.0.0.1", port=0)
    mail.start()
    hook = ThreadingHTTPServer(("127.0.0.1", 0), Hook)
    threading.Thread(target=hook.serve_forever, daemon=True).start()
    street.mail_port, street.hook_port = mail.port, hook.server_address[1]
    try:
        yield street
    finally:
        hook.shutdown()
        hook.server_close()
        mail.stop()


def _prepare(data: Path, street: _Street, told: int) -> None:
    init = [sys.executable, "-m", "absah_site.cli", "init", "--role", "agency", "--data", str(data)]
    subprocess.run(init, check=True, capture_output=True)
    settings = data / "absah.toml"
    settings.write_text(
        settings.read_text(encoding="utf-8")
        + f'\n[mail]\nway = "smtp"\nhost = "127.0.0.1"\nport = {street.mail_port}\n'
        + '\n[webhooks]\ntrusted = ["127.0.0.1"]\n',
        encoding="utf-8",
    )
    words = ["tell", str(data), str(told), f"http://127.0.0.1:{street.hook_port}/"]
    subprocess.run([sys.executable, "-m", "soak.courier_kills", *words], check=True, capture_output=True)


def _start(data: Path) -> "subprocess.Popen[bytes]":
    return subprocess.Popen([sys.executable, "-m", "soak.courier_kills", "work", str(data)], stderr=subprocess.DEVNULL)


def _waiting(data: Path) -> int:
    words = [sys.executable, "-m", "soak.courier_kills", "count", str(data)]
    return int(subprocess.run(words, check=True, capture_output=True, text=True).stdout)


def _tell(number: int, address: str) -> None:
    from django.db import transaction

    from absah.kernel.dates import moment_word
    from absah.kernel.rng import opaque_id
    from absah.notices.webhooks.events import Event, happened
    from absah_site import composition
    from absah_site.accounts.access import account
    from absah_site.accounts.actions import NewAccount, create_user, grant_role
    from absah_site.actors import Operator
    from absah_site.notices.actions import notify
    from absah_site.roles import Role
    from absah_site.webhooks.actions import Wanted, announce, register_hook

    operator, clock, rng = Operator(name="soak"), composition.clock(), composition.rng()
    agency = opaque_id(rng)
    new = NewAccount(username="soak", password="kucing-biru-terbang", display_name="Soak", email="soak@example.org")  # noqa: S106  (nobody's)
    made = create_user(new, by=operator, clock=clock, rng=rng)
    grant_role(made.public_id, Role.AGENCY_ADMIN, by=operator, clock=clock, agency=str(agency))
    admin = account(made.public_id, now=clock.now())
    register_hook(agency, Wanted(name="soak", address=address), by=admin)
    for _ in range(number):
        now = clock.now()
        with transaction.atomic():
            notify("accounts.password-changed", to=admin.reference, at=now, parameters={"moment": moment_word(now)})
            announce(happened(Event.PERSON_LEFT, agency, {"person": "soak"}, at=now))


def _work(data: Path) -> None:
    from datetime import timedelta

    from absah_site.cli import worker
    from absah_site.cli.main import main as absah
    from absah_site.jobs.actions import sweeping, work
    from absah_site.notices import store

    # The dead are to be missed soon.
    work.LEASE = sweeping.LOST_AFTER = timedelta(seconds=2)  # type: ignore[misc]
    store.IN_HAND = timedelta(seconds=1)  # type: ignore[misc]
    worker._PAUSE = 0.1  # noqa: SLF001  (as above)
    absah(["worker", "--data", str(data)])


def _count() -> None:
    from absah_site.notices.models import Delivery as Mail
    from absah_site.webhooks.models import Delivery as Message

    print(sum(one.objects.exclude(state="sent").count() for one in (Mail, Message)))


def main() -> None:
    part, data = sys.argv[1], Path(sys.argv[2])
    from absah_site.cli.instance import open_instance

    open_instance(data)
    if part == "tell":
        _tell(int(sys.argv[3]), sys.argv[4])
    elif part == "work":
        _work(data)
    else:
        _count()


if __name__ == "__main__":
    main()
