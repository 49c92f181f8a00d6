"""`python -m absah.adapters.signer_process --data DIR`: the one process that opens keys.

It owns `DIR/keys` and listens on `DIR/run/signer.sock` for processes of its own user. SIGTERM stops it cleanly. When
it is ready it writes the word `ready` to its standard output; with `--detach` it then lives on without a terminal.
"""

import argparse
import ctypes
import logging
import os
import resource
import signal
import sys
from collections.abc import Sequence
from contextlib import closing
from logging.handlers import RotatingFileHandler
from pathlib import Path
from typing import Final

from absah.adapters.lifeline import watch
from absah.adapters.pkcs11.settings import read_key_settings
from absah.adapters.pkcs11.vault import PlacedVault
from absah.adapters.service_secret import ServiceSecret
from absah.adapters.signer.custody import Custody
from absah.adapters.signer.rendezvous import LOG, SOCKET, listen, owning
from absah.adapters.signer.server import SignerServer
from absah.adapters.signer.stretchers import Stretchers
from absah.adapters.signer.wire import OPERATIONS
from absah.adapters.stretching import Stretch
from absah.kernel.clock import SystemClock
from absah.kernel.errors import AbsahError, Unavailable, WrongState
from absah.kernel.rng import SystemRng

READY: Final = "ready"
_PR_SET_DUMPABLE: Final = 4
_EX_UNAVAILABLE: Final = 69
_EX_TEMPFAIL: Final = 75
_LOG_BYTES: Final = 4 * 1024 * 1024

log = logging.getLogger("absah.signer")


def main(arguments: Sequence[str] | None = None, /) -> int:
    """Run the signer. Exit status: 0 stopped as asked, 75 another one is running, 69 it cannot work here."""
    options = _parse(arguments)
    data: Path = options.data.resolve()
    if options.detach:
        _leave_the_parent()
    os.umask(0o077)
    _open_log(data)
    _keep_memory_private()
    try:
        with owning(data):
            _serve(data, options)
    except WrongState as error:
        log.error("%s", error.code)  # noqa: TRY400 - the code says it
        return _EX_TEMPFAIL
    except AbsahError as error:
        log.error("%s", error)  # noqa: TRY400 - the code and its parameters say it
        return _EX_TEMPFAIL if isinstance(error, Unavailable) else _EX_UNAVAILABLE
    return 0


def _parse(arguments: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="absah-signer", description=__doc__.partition("\n")[0])
    parser.add_argument("--data", type=Path, required=True, help="the data folder of the instance")
    parser.add_argument("--idle-exit", type=float, metavar="SECONDS", help="end when nobody has asked for so long")
    parser.add_argument("--end-with", type=int, metavar="PID", help="end when this process has ended")
    parser.add_argument("--detach", action="store_true", help="go on in the background once ready")
    parser.add_argument(
        "--allow-uid",
        type=caller,
        action="append",
        default=[],
        metavar="UID[:OPERATION,…]",
        help="another user who may connect, for these operations or for all",
    )
    return parser.parse_args(arguments)


def caller(text: str, /) -> tuple[int, frozenset[str] | None]:
    """`UID` or `UID:operation,operation`. Raises ArgumentTypeError for what is no user or no operation of ours."""
    user, colon, names = text.partition(":")
    operations = frozenset(names.split(",")) if colon else None
    if not user.isdecimal() or (operations is not None and not operations <= OPERATIONS):
        raise argparse.ArgumentTypeError(f"not UID or UID:operation,…: {text}")
    return int(user), operations


def custody_of(data: Path, stretch: Stretch, /) -> Custody:
    """The keys of a data folder, in tokens where its settings say so. Raises TokenSettingsMalformed and kin."""
    clock, rng, settings = SystemClock(), SystemRng(), read_key_settings(data)

    def vault_for(service: ServiceSecret) -> PlacedVault:
        return PlacedVault(settings, service, rng, clock, stretch=stretch)

    return Custody(data, clock=clock, rng=rng, vault_for=vault_for)


def _serve(data: Path, options: argparse.Namespace) -> None:
    with closing(Stretchers()) as stretchers:  # they begin while the keys are looked through
        _serve_keys(data, options, custody_of(data, stretchers))


def _serve_keys(data: Path, options: argparse.Namespace, custody: Custody) -> None:
    path = data / SOCKET
    try:
        allowed = {**dict(options.allow_uid), os.geteuid(): None}
        lifeline = None if options.end_with is None else watch(options.end_with)
        server = SignerServer(listen(path), custody, allowed=allowed, idle_seconds=options.idle_exit, lifeline=lifeline)
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, lambda *_: server.stop())
        log.info("ready; %d uses of keys were interrupted before", custody.interrupted)
        _announce(detached=options.detach)
        try:
            server.run()
        finally:
            # The keys go first. Whoever finds the socket gone may rely on a closed store.
            custody.drop_keys()
            path.unlink(missing_ok=True)
            server.close()
    finally:
        custody.close()
    log.info("stopped")


def _leave_the_parent() -> None:
    """Become nobody's child, in a session of our own: a terminal that closes takes nothing with it."""
    if os.fork():
        os._exit(0)
    os.setsid()


def _keep_memory_private() -> None:
    """No core files, and no other process of this user may look into our memory (prctl(2), PR_SET_DUMPABLE)."""
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    libc = ctypes.CDLL(None, use_errno=True)
    if libc.prctl(_PR_SET_DUMPABLE, 0, 0, 0, 0) != 0:
        log.warning("the memory of this process could not be closed to debuggers")


def _open_log(data: Path) -> None:
    path = data / LOG
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    handler = RotatingFileHandler(path, maxBytes=_LOG_BYTES, backupCount=3, encoding="utf-8")
    handler.setFormatter(logging.Formatter("%(asctime)s %(process)d %(levelname)s %(message)s"))
    log.addHandler(handler)
    log.setLevel(logging.INFO)
    log.propagate = False


def _announce(*, detached: bool) -> None:
    """Say that we are ready; then, if detached, let go of the pipe or terminal that was told."""
    sys.stdout.write(READY + "\n")
    sys.stdout.flush()
    if detached:
        nowhere = os.open(os.devnull, os.O_RDWR | os.O_CLOEXEC)
        for descriptor in (0, 1, 2):
            os.dup2(nowhere, descriptor)
        os.close(nowhere)


if __name__ == "__main__":
    sys.exit(main())
