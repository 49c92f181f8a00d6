"""What a hostile file could make of the worker that opens it. Light, because each worker imports it."""

import os
import time

from absah.pdf.refusals import Encrypted


def length(document: bytes) -> int:
    return len(document)


def die(_: bytes) -> None:
    os._exit(11)


def burn(_: bytes) -> None:
    while True:
        pass


def wait(_: bytes) -> None:
    time.sleep(600)


def swell(_: bytes) -> int:
    return len([bytes(1 << 28) for _ in range(64)])


def refuse(_: bytes) -> None:
    raise Encrypted


def betray(_: bytes) -> object:
    return Traitor()


class Traitor:
    """What a taken-over worker would send: on being read it runs a command of its choice."""

    def __reduce__(self) -> tuple[object, tuple[str]]:
        return os.system, ("true",)


def who(_: bytes) -> tuple[int, tuple[str, ...]]:
    return os.getpid(), tuple(sorted(os.environ))
