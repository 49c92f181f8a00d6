"""`absah up`: every process of an instance on this machine: signer, web, worker, sequencer, responders.

They differ by what they may touch: only the signer opens the keys of people and authorities. In production each is a
unit of its own; here one parent starts them, starts again what dies, and takes them down together.
Should it be killed itself, each of them ends at once: nobody would look after them any more.
"""

import argparse
import os
import signal
import socket
import subprocess
import sys
from dataclasses import dataclass, field
from pathlib import Path
from tempfile import TemporaryDirectory
from time import sleep
from types import FrameType

from absah.adapters.signer_life import ensure_signer, stop_signer
from absah.cli.terminal import Exit, Terminal, UsageWrong
from absah.kernel.clock import Clock, SystemClock
from absah.kernel.errors import Unavailable
from absah_site.cli.demo import FOR_SHELLS, DemoStepFailed, say_whom_to_begin_as
from absah_site.cli.instance import check_may_serve, check_migrated, open_instance
from absah_site.cli.responder import SERVICES
from absah_site.cli.turns import begin_serving
from absah_site.config import Config, Role
from absah_site.guide.adapter import CREDENTIALS
from absah_site.responders.forwarding import socket_of

#: A process that dies sooner than this many seconds after its start counts as failing to start.
_TOO_SOON = 5.0
_GIVE_UP_AFTER = 5
_LAST_PORT = 65535
#: Seconds between two looks at the processes.
_PAUSE = 0.5


class ProcessKeepsDying(Unavailable):
    """A process of the instance ended again and again right after its start."""

    code = "cli.process-keeps-dying"


class AddressUnusable(Unavailable):
    """Something else listens there, or the machine has no such address. Parameters: host, port, problem."""

    code = "cli.address-unusable"


def arguments(parser: argparse.ArgumentParser, /) -> None:
    parser.add_argument("--host", default="127.0.0.1", help="address to listen on (127.0.0.1)")
    parser.add_argument("--port", type=int, default=8000, help="port to listen on (8000)")
    parser.add_argument(
        "--socket",
        type=Path,
        metavar="PATH",
        help="Unix socket for the proxy in front, in place of an address; client certificates are believed there only",
    )
    parser.add_argument(
        "--sandbox", action="store_true", help="with fictional people in a folder that is gone afterwards"
    )


@dataclass(slots=True)
class Child:
    """One process: how to start it, and how often it died too soon."""

    name: str
    command: list[str]
    started: float = 0.0
    early_deaths: int = 0
    process: subprocess.Popen[bytes] | None = field(default=None, repr=False)

    def start(self, clock: Clock, /) -> None:
        """Start, or start again."""
        self.started = clock.monotonic()
        self.process = subprocess.Popen(  # noqa: S603  (ours)
            [*self.command, "--end-with", str(os.getpid())], stdin=subprocess.DEVNULL
        )

    def look_after(self, clock: Clock, /) -> None:
        """Start again what died; give up on what cannot stay alive."""
        if self.process is None or self.process.poll() is None:
            return
        self.early_deaths = self.early_deaths + 1 if clock.monotonic() - self.started < _TOO_SOON else 0
        if self.early_deaths >= _GIVE_UP_AFTER:
            raise ProcessKeepsDying(process=self.name)
        sleep(min(0.2 * 2**self.early_deaths, 5))
        self.start(clock)

    def ask_to_end(self) -> None:
        """Let it finish what it has in hand."""
        if self.process is not None and self.process.poll() is None:
            self.process.terminate()

    def stop(self) -> None:
        """Wait until it ends; insist after ten seconds."""
        if self.process is None or self.process.poll() is not None:
            return
        try:
            self.process.wait(10)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()


@dataclass(slots=True)
class SignerWatch:
    """Starts the signer again when it is gone.

    One that dies while it is asked, or that a busy machine starts too slowly, is started at the next look; what fails
    again and again ends the instance, with the reason.
    """

    data: Path
    failures: int = 0

    def look_after(self) -> None:
        """Raises SignerNotStarted and kin, the fifth time in a row."""
        try:
            ensure_signer(self.data, idle=None, end_with=os.getpid())
        except Unavailable:
            self.failures += 1
            if self.failures >= _GIVE_UP_AFTER:
                raise
        else:
            self.failures = 0


def run(options: argparse.Namespace, terminal: Terminal, /) -> Exit:
    if not options.sandbox:
        return serve(options, terminal)
    _check_place(options)
    with TemporaryDirectory(prefix="absah-sandbox-") as folder:
        options.data = Path(folder) / "data"
        terminal.say("cli.sandbox-made")
        words = [sys.executable, "-m", "absah_site.cli", "demo", "--data", str(options.data), "--json"]
        made = subprocess.run(words, check=False, stdout=subprocess.DEVNULL)  # noqa: S603  (our own command, no shell)
        if made.returncode != Exit.DONE:
            raise DemoStepFailed(command="absah demo", status=made.returncode)
        terminal.say("cli.sandbox", file=str(options.data / FOR_SHELLS))
        return serve(options, terminal)


def serve(options: argparse.Namespace, terminal: Terminal, /) -> Exit:
    """Start every process of the instance and look after them until somebody stops us."""
    config = open_instance(options.data)
    begin_serving(config.data)
    check_migrated(config)
    check_may_serve(config)
    _check_place(options)
    has_signer = config.role is not Role.AGENCY
    if has_signer:
        ensure_signer(config.data, idle=None, end_with=os.getpid())
    signer = SignerWatch(config.data)
    children = children_of(config.data, host=options.host, port=options.port, proxy_socket=options.socket)
    if has_signer:
        children += responders_of(config.data)
    clock = SystemClock()
    stopping = _stop_on_signals()
    try:
        for child in children:
            child.start(clock)
        begun = False
        while not stopping:
            sleep(_PAUSE)
            for child in children:
                child.look_after(clock)
            if has_signer:
                signer.look_after()
            if not begun and _is_listening(options):
                begun = True
                say_where(config, options, terminal)
    finally:
        for child in reversed(children):
            child.ask_to_end()
        for child in reversed(children):
            child.stop()
        stop_signer(config.data)
    return Exit.DONE


def say_where(config: Config, options: argparse.Namespace, terminal: Terminal, /) -> None:
    """Tell that pages can be opened now, and where; in a demonstration also as whom."""
    url = str(options.socket or f"http://{options.host}:{options.port}")
    terminal.say("cli.up", url=url)
    if (config.data / CREDENTIALS).is_file():
        say_whom_to_begin_as(config.data, url, terminal)


def _is_listening(options: argparse.Namespace) -> bool:
    """Whether the web process takes connections."""
    try:
        if options.socket is None:
            socket.create_connection((options.host, options.port), timeout=1).close()
        else:
            with socket.socket(socket.AF_UNIX) as trial:
                trial.connect(str(options.socket))
    except OSError:
        return False
    return True


def _check_place(options: argparse.Namespace) -> None:
    """The address, or the folder of the socket. Raises AddressUnusable."""
    if options.socket is None:
        check_address(options.host, options.port)
        return
    if not options.socket.parent.is_dir():
        raise AddressUnusable(host=str(options.socket), port=0, problem="ENOENT")
    options.socket.unlink(missing_ok=True)


def check_address(host: str, port: int, /) -> None:
    """Refuse what the web process could not listen on, before anything is started. Raises AddressUnusable."""
    if not 0 < port <= _LAST_PORT:
        raise UsageWrong(problem=f"--port 1 to {_LAST_PORT}")
    try:
        family, kind, protocol, _, address = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0]
        with socket.socket(family, kind, protocol) as trial:
            trial.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            trial.bind(address)
    except OSError as error:
        raise AddressUnusable(host=host, port=port, problem=error.strerror or "") from None


def children_of(data: Path, /, *, host: str, port: int, proxy_socket: Path | None = None) -> list[Child]:
    """The processes beside the signer. On a socket of the proxy, what it says of the caller's certificate is true."""
    place = ["--host", host, "--port", str(port)] if proxy_socket is None else ["--socket", str(proxy_socket)]
    return [
        Child("web", _process("web", data, *place)),
        Child("worker", _process("worker", data)),
        Child("sequencer", _process("sequencer", data)),
    ]


def responders_of(data: Path, /) -> list[Child]:
    """A process for each service that answers machines, on a socket of its own; the web process hands on to them."""
    return [
        Child(service, _process("responder", data, service, "--socket", str(socket_of(data, service))))
        for service in SERVICES
    ]


def _process(name: str, data: Path, /, *words: str) -> list[str]:
    """One of our own processes as a command."""
    return [sys.executable, "-m", "absah_site.cli", name, *words, "--data", str(data)]


def _stop_on_signals() -> list[int]:
    """A list that is no longer empty once the parent was asked to stop."""
    received: list[int] = []

    def note(number: int, _frame: FrameType | None) -> None:
        received.append(number)

    signal.signal(signal.SIGTERM, note)
    signal.signal(signal.SIGINT, note)
    return received
