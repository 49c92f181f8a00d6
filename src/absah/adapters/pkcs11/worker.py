"""`python -m absah.adapters.pkcs11.worker FD`: one thread, one session on one token, orders one after another (D4a).

The signer starts it (spawned, never forked) with its end of a socket pair. The first message says which token. The
worker ends when the signer's end closes, and after any error that may have cost the session: a new one is started.
"""

import ctypes
import resource
import socket
import sys
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, Final

from absah.adapters.pkcs11.errors import HARMLESS, TokenFailed, TokenLibraryMissing
from absah.adapters.pkcs11.messages import (
    Answer,
    Answered,
    Describe,
    Destroy,
    Find,
    Generate,
    Hello,
    Order,
    Sign,
    parse_order,
    refused,
)
from absah.adapters.pkcs11.settings import TokenSettings
from absah.adapters.signer.frames import receive_frame, send_frame
from absah.kernel.errors import AbsahError
from absah.pki.algorithms import SignatureAlgorithm

if TYPE_CHECKING:
    from absah.adapters.pkcs11.session import TokenSession

_PR_SET_DUMPABLE: Final = 4


def serve(connection: socket.socket, /) -> None:
    """Open the token that the first message names, then do as told until the other end closes or the session fails."""
    session = None
    while (message := receive_frame(connection)) is not None:
        order = parse_order(message)
        try:
            if isinstance(order, Hello):
                session = open_session(order)
                answer: Answer = Answered(octets=b"")
            elif session is None:
                raise TokenFailed(token="", problem="hello")
            else:
                answer = obey(session, order)
        except AbsahError as error:
            _say(connection, refused(error))
            if not isinstance(error, HARMLESS):
                return
        else:
            _say(connection, answer)


def open_session(order: Hello, /) -> "TokenSession":
    """Raises TokenLibraryMissing and what `TokenSession` raises."""
    if find_spec("pkcs11") is None:
        raise TokenLibraryMissing(token=order.name)
    from absah.adapters.pkcs11.session import TokenSession  # noqa: PLC0415 - only where the extra `hsm` is installed

    return TokenSession(
        TokenSettings(
            name=order.name,
            module=order.module,
            label=order.label,
            serial=order.serial,
            pin_file=Path(order.pin_file),
            sessions=1,
        )
    )


def obey(session: "TokenSession", order: Order, /) -> Answer:
    """Do one thing with the token."""
    match order:
        case Describe():
            return session.describe()
        case Generate():
            return Answered(octets=session.generate(order.key_id, order.label, order.algorithm))
        case Find():
            return Answered(octets=session.find(order.key_id))
        case Sign():
            algorithm = SignatureAlgorithm(scheme=order.scheme, digest=order.digest, salt_length=order.salt_length)
            return Answered(octets=session.sign(order.key_id, algorithm, order.hashed))
        case Destroy():
            session.destroy(order.key_id)
            return Answered(octets=b"")
        case _:
            raise TokenFailed(token="", problem="hello")


def _say(connection: socket.socket, answer: Answer) -> None:
    send_frame(connection, answer.model_dump_json().encode())


def _keep_memory_private() -> None:
    """The PIN was in this memory: no core files, no debugger (prctl(2), PR_SET_DUMPABLE)."""
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    ctypes.CDLL(None).prctl(_PR_SET_DUMPABLE, 0, 0, 0, 0)


def main() -> None:
    """The process. Its one argument is the number of the inherited descriptor."""
    _keep_memory_private()
    with socket.socket(fileno=int(sys.argv[1])) as connection:
        serve(connection)


if __name__ == "__main__":
    main()
