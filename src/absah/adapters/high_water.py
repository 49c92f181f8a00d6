"""How far the world has seen us, in a file that lies outside the instance: a restore cannot turn it back.

The file is JSON, `{"issuing-ca": 57, "log:own": 81204}`: the highest CRL number of each authority, and how many
entries the newest signed head of the ledger's log covers. It belongs on another disk, or on a machine that takes part
in no backup.
"""

import fcntl
import json
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

from absah.adapters.files import FileNotKept, replace_file
from absah.kernel.errors import Unavailable

#: The name of the log among the authorities, none of which can be called so.
LOG: Final = "log:own"


class HighWaterUnreadable(Unavailable):
    """The file with the highest numbers is not there or not ours: nobody can tell whether the register is behind."""

    code = "backup.high-water-unreadable"


def read_high_water(path: Path, /) -> dict[str, int]:
    """Number of each authority and of the log; empty before the first. Raises HighWaterUnreadable."""
    try:
        content = path.read_bytes()
    except FileNotFoundError:
        # The folder must be there: a disk that was not mounted must not pass for a fresh start.
        if path.parent.is_dir():
            return {}
        raise HighWaterUnreadable(path=str(path)) from None
    except OSError:
        raise HighWaterUnreadable(path=str(path)) from None
    try:
        numbers = json.loads(content)
    except ValueError:
        raise HighWaterUnreadable(path=str(path)) from None
    if not isinstance(numbers, dict) or not all(isinstance(number, int) for number in numbers.values()):
        raise HighWaterUnreadable(path=str(path))
    return numbers


def raise_high_water(path: Path, issuer: str, number: int, /) -> None:
    """Note a number, before the list or head that bears it is out. It never falls. Raises HighWaterUnreadable."""
    with _alone(path):
        numbers = read_high_water(path)
        if number > numbers.get(issuer, -1):
            replace_file(path, json.dumps(numbers | {issuer: number}, sort_keys=True).encode())


@contextmanager
def _alone(path: Path) -> Iterator[None]:
    try:
        descriptor = os.open(path.with_name(f".{path.name}.lock"), os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    except OSError:
        raise HighWaterUnreadable(path=str(path)) from None
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX)
        yield
    except FileNotKept:
        raise HighWaterUnreadable(path=str(path)) from None
    finally:
        os.close(descriptor)
