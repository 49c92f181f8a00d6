"""Who may be at an instance on this machine: whatever serves it, or one `absah migrate` and nobody else."""

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

from absah.kernel.errors import WrongState


class InstanceServed(WrongState):
    """Processes serve the instance, and what is asked for needs it to rest."""

    code = "cli.instance-served"


class InstanceUpgraded(WrongState):
    """`absah migrate` is at work on the instance."""

    code = "cli.instance-upgraded"


#: The system lets go of it when a process ends, however it ends.
_LOCK: Final = "run/served.lock"


def begin_serving(data: Path, /) -> None:
    """For as long as this process lives; others may serve the instance too. Raises InstanceUpgraded."""
    _locked(data, fcntl.LOCK_SH, otherwise=InstanceUpgraded)


@contextmanager
def at_rest(data: Path, /) -> Iterator[None]:
    """While nobody may serve the instance. Raises InstanceServed."""
    descriptor = _locked(data, fcntl.LOCK_EX, otherwise=InstanceServed)
    try:
        yield
    finally:
        os.close(descriptor)


def _locked(data: Path, how: int, /, *, otherwise: type[WrongState]) -> int:
    path = data / _LOCK
    path.parent.mkdir(mode=0o700, exist_ok=True)
    descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    try:
        fcntl.flock(descriptor, how | fcntl.LOCK_NB)
    except BlockingIOError:
        os.close(descriptor)
        raise otherwise from None
    return descriptor
