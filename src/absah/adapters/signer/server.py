"""Serves the signer on its socket: a thread for each connection, a bad message ends its own connection only.

The log holds no secrets: of an unexpected fault it says the class and the places in the code, not the text, which a
library may have filled with what was sent.
"""

import logging
import os
import select
import socket
import threading
import traceback
from collections.abc import Mapping
from pathlib import Path
from typing import Final, TypeAlias, final

from absah.adapters.sealing import wiped_after
from absah.adapters.signer import wire
from absah.adapters.signer import wire_replies as replies
from absah.adapters.signer.custody import Custody
from absah.adapters.signer.errors import MessageRefused, OperationRefused, PeerRefused, SignerBusy, SignerInternal
from absah.adapters.signer.frames import Patience, receive_frame, send_frame
from absah.adapters.signer.rendezvous import check_peer
from absah.adapters.signer.service import SignerService
from absah.kernel.errors import AbsahError

#: Clients keep some open that wait; those at work are far fewer.
_MOST_CONNECTIONS: Final = 256
_SILENCE_SECONDS: Final = 120.0
#: For a whole message, in either direction: 32 MiB take far less on a socket of one machine.
_MESSAGE_SECONDS: Final = 30.0
_TICK_MILLISECONDS: Final = 1000
_FAREWELL_SECONDS: Final = 20.0

log = logging.getLogger("absah.signer")

#: User of the machine → the operations it may ask for; None: all of them.
Callers: TypeAlias = Mapping[int, frozenset[str] | None]


@final
class SignerServer:
    """Accepts connections until it is told to stop, or nobody has asked for a while, or nobody needs it."""

    def __init__(
        self,
        listener: socket.socket,
        custody: Custody,
        /,
        *,
        allowed: Callers,
        idle_seconds: float | None = None,
        lifeline: int | None = None,
    ) -> None:
        """`lifeline` is a descriptor that can be read once nobody needs us any more."""
        self._listener = listener
        self._custody = custody
        self._service = SignerService(custody)
        self._allowed = allowed
        self._idle_seconds = idle_seconds
        self._lifeline = lifeline
        self._wake_reader, self._wake_writer = os.pipe2(os.O_CLOEXEC | os.O_NONBLOCK)
        self._places = threading.BoundedSemaphore(_MOST_CONNECTIONS)
        self._turn = threading.Condition()
        self._open: set[socket.socket] = set()
        self._working = 0
        self._last_work = custody.clock.monotonic()
        self._stopping = False

    def run(self) -> None:
        """Serve. Returns when stopped, after the requests at work have been answered."""
        poll = select.poll()
        poll.register(self._listener, select.POLLIN)
        poll.register(self._wake_reader, select.POLLIN)
        if self._lifeline is not None:
            poll.register(self._lifeline, select.POLLIN)
        while not self._stopping and not self._is_idle():
            ready = {descriptor for descriptor, _ in poll.poll(_TICK_MILLISECONDS)}
            if self._lifeline in ready:
                break
            if self._listener.fileno() in ready:
                self._accept()
            self._service.drop_expired()
        self._say_farewell()

    def stop(self) -> None:
        """Ask `run` to return soon. May be called from a signal handler."""
        self._stopping = True
        os.write(self._wake_writer, b".")

    def close(self) -> None:
        """Free what `run` needed."""
        self._listener.close()
        os.close(self._wake_reader)
        os.close(self._wake_writer)

    def _is_idle(self) -> bool:
        if self._idle_seconds is None:
            return False
        with self._turn:
            return not self._working and self._custody.clock.monotonic() - self._last_work > self._idle_seconds

    def _accept(self) -> None:
        try:
            connection, _ = self._listener.accept()
        except OSError:
            log.warning("a connection was lost before it was accepted")
            return
        if not self._places.acquire(blocking=False):
            _send_quietly(connection, wire.failure_of(SignerBusy()))
            connection.close()
            return
        with self._turn:
            self._open.add(connection)
        threading.Thread(target=self._attend, args=(connection,), daemon=True, name="connection").start()

    def _attend(self, connection: socket.socket) -> None:
        try:
            with connection:
                self.serve(connection)
        finally:
            with self._turn:
                self._open.discard(connection)
            self._places.release()

    def serve(self, connection: socket.socket, /) -> None:
        """Answer the requests of one connection, one after another, until it ends or sends nonsense."""
        patience = Patience(clock=self._custody.clock, silence=_SILENCE_SECONDS, message=_MESSAGE_SECONDS)
        try:
            operations = self._allowed[check_peer(connection, self._allowed)]
            while not self._stopping:
                message = receive_frame(connection, patience=patience)
                if message is None:
                    return
                with wiped_after(message):
                    request = wire.parse_request(message)
                self._answer(connection, request, operations)
        except (MessageRefused, PeerRefused) as refusal:
            log.warning("refused: %s", refusal)
            _send_quietly(connection, wire.failure_of(refusal))
        except OSError:
            return  # the other end went away, or is silent: nothing was half done

    def _answer(self, connection: socket.socket, request: wire.Request, operations: frozenset[str] | None) -> None:
        with self._turn:
            self._working += 1
        try:
            reply = self._reply_to(request, operations)
            with wiped_after(wire.write_message(reply)) as message:
                connection.settimeout(_MESSAGE_SECONDS)
                send_frame(connection, message)
        finally:
            with self._turn:
                self._working -= 1
                self._last_work = self._custody.clock.monotonic()
                self._turn.notify_all()
        if isinstance(request, wire.Stop) and isinstance(reply, replies.Done):
            self.stop()

    def _reply_to(self, request: wire.Request, operations: frozenset[str] | None) -> replies.Reply:
        try:
            _check_operation(request, operations)
            return self._service.answer(request)
        except AbsahError as error:
            log.info("%s: %s", request.op, error.code)
            return wire.failure_of(error)
        except Exception as fault:  # noqa: BLE001 - the edge of the process: a fault ends a request, not the signer
            log.error("%s: %s at %s", request.op, type(fault).__name__, _places_of(fault))  # noqa: TRY400 - no texts
            return wire.failure_of(SignerInternal())

    def _say_farewell(self) -> None:
        """Let the requests at work end, then end the connections that only wait."""
        self._stopping = True
        with self._turn:
            self._turn.wait_for(lambda: not self._working, timeout=_FAREWELL_SECONDS)
            waiting = tuple(self._open)
        for connection in waiting:
            try:
                connection.shutdown(socket.SHUT_RDWR)
            except OSError:
                continue


def _check_operation(request: wire.Request, operations: frozenset[str] | None) -> None:
    if operations is not None and request.op not in operations:
        raise OperationRefused(operation=request.op)


def _send_quietly(connection: socket.socket, failure: replies.Failure) -> None:
    try:
        send_frame(connection, wire.write_message(failure))
    except OSError:
        return


def _places_of(fault: BaseException) -> str:
    """Where a fault came through, innermost last: files, lines and functions, no values."""
    frames = traceback.extract_tb(fault.__traceback__)
    return " > ".join(f"{Path(frame.filename).name}:{frame.lineno} {frame.name}" for frame in frames[-8:])
