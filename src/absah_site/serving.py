"""Starts granian: for one service that answers machines (RSGI), or for the pages (WSGI).

Workers that die are started again; all end with their master, so that none of them is left with the address.
"""

from dataclasses import dataclass
from functools import partial
from multiprocessing import parent_process
from pathlib import Path
from pkgutil import resolve_name
from typing import Any, Final

from granian import Granian
from granian.constants import Interfaces
from granian.http import HTTP1Settings
from granian.log import LogLevels

from absah.adapters.lifeline import end_with

#: Milliseconds that the head of a request may take, and that a kept connection may be silent.
_HEAD_PATIENCE: Final = 10_000
_SOCKET_MODE: Final = 0o660
#: Threads of a worker in which pages are made.
_PAGE_THREADS: Final = 4
_PAGES: Final = "absah_site.wsgi:application"


@dataclass(frozen=True, slots=True, kw_only=True)
class Listening:
    """Where a service listens: at `socket`, or else at host and port. `workers` are processes."""

    host: str = "127.0.0.1"
    port: int = 0
    socket: Path | None = None
    workers: int = 1


def serve(maker: str, listening: Listening, /) -> None:
    """Serve the RSGI application that the function at `module:name` makes, until told to stop (SIGTERM, SIGINT).

    Each worker calls it for itself.
    """
    _run(
        maker,
        listening,
        factory=True,
        interface=Interfaces.RSGI,
        websockets=False,
        http1_settings=HTTP1Settings(header_read_timeout=_HEAD_PATIENCE),
    )


def serve_pages(listening: Listening, /) -> None:
    """Serve the instance at `$ABSAH_DATA` until told to stop."""
    _run(_PAGES, listening, factory=False, interface=Interfaces.WSGI, blocking_threads=_PAGE_THREADS)


def _run(target: str, listening: Listening, /, *, factory: bool, **more: Any) -> None:
    if listening.socket is not None:
        listening.socket.unlink(missing_ok=True)  # of one that was killed
    server = Granian(
        target,
        address=listening.host,
        port=listening.port,
        uds=listening.socket,
        uds_permissions=_SOCKET_MODE if listening.socket is not None else None,
        workers=listening.workers,
        respawn_failed_workers=True,
        log_level=LogLevels.warning,
        **more,
    )
    server.serve(target_loader=partial(_load, factory=factory))


def _load(target: str, /, *, factory: bool) -> Any:
    """In a worker: tie its life to its master's, and find what it serves."""
    master = parent_process()
    if master is not None and master.pid is not None:
        end_with(master.pid)
    found = resolve_name(target)
    return found() if factory else found
