"""Ports for servers that must be told theirs before they listen."""

import secrets
import socket

#: Below those that Linux gives to whoever asks for any port (ip(7), ip_local_port_range), above those of services.
_FROM, _MANY = 20_000, 12_000


def free_port() -> int:
    """A port of this machine that nobody has, and that nobody gets by chance before its server has begun."""
    while True:
        port = _FROM + secrets.randbelow(_MANY)
        with socket.socket() as trial:
            trial.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                trial.bind(("127.0.0.1", port))
            except OSError:
                continue
        return port
