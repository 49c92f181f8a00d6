"""A signer that dies while it answers: the asker learns that nobody answered, not that the message was bad."""

import socket
import struct
import threading
from pathlib import Path

import pytest

from absah.adapters.signer.errors import SignerUnreachable
from absah.adapters.signer_client import SignerClient


@pytest.mark.parametrize("half", [b"\0\0", struct.pack(">I", 500) + b'{"v":1'])
def test_an_answer_that_is_cut_short_means_that_nobody_answered(half: bytes, tmp_path: Path):
    path = tmp_path / "signer.sock"
    with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as door:
        door.bind(str(path))
        door.listen()

        def answer_half():
            connection, _ = door.accept()
            with connection:
                connection.recv(65536)
                connection.sendall(half)

        dying = threading.Thread(target=answer_half)
        dying.start()
        with pytest.raises(SignerUnreachable):
            SignerClient(path).ping()
        dying.join()
