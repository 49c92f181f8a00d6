"""Starts the server of one service: granian with RSGI, on an address or on a Unix socket."""

from dataclasses import dataclass
from pathlib import Path
from typing import Final

from granian import Granian
from granian.constants import Interfaces
from granian.http import HTTP1Settings
from granian.log import LogLevels

#: Milliseconds that the head of a request may take, and that a kept connection may be silent.
_HEAD_PATIENCE: Final = 10_000
_SOCKET_MODE: Final = 0o660


@dataclass(frozen=True, slots=True, kw_only=True)
class Listening:
    """Where a service listens: at `socket`, or else at host and port. `workers` are processes."""

    host: str = "127.0.0.1"
    port: int = 0
    socket: Path | None = None
    workers: int = 1


def serve(maker: str, listening: Listening, /) -> None:
    """Serve the RSGI application that the function at `module:name` makes, until told to stop (SIGTERM, SIGINT).

    Workers are spawned and call it; one that dies is started again.
    """
    if listening.socket is not None:
        listening.socket.unlink(missing_ok=True)
    Granian(
        maker,
        factory=True,
        address=listening.host,
        port=listening.port,
        uds=listening.socket,
        uds_permissions=_SOCKET_MODE if listening.socket is not None else None,
        interface=Interfaces.RSGI,
        workers=listening.workers,
        respawn_failed_workers=True,
        websockets=False,
        http1_settings=HTTP1Settings(header_read_timeout=_HEAD_PATIENCE),
        log_level=LogLevels.warning,
    ).serve()
