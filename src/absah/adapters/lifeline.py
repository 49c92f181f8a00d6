"""Ends a process with the one that it comes from, however that one ends: by kill -9 as well.

Who is left behind would hold a port, or write into a folder that somebody else works on. This is Linux's own doing;
on other systems nothing happens, and a process ends when it is told to.
"""

import ctypes
import os
import signal
import sys
from typing import Final

_PR_SET_PDEATHSIG: Final = 1


def end_with(parent: int, /) -> None:
    """Be killed when the process that started us ends (prctl(2), PR_SET_PDEATHSIG); at once if it has ended.

    To the kernel our parent is the thread that started us: begin such a process in a thread that lives as long as its
    process does. What we start ourselves does not inherit this; `execve` does.
    """
    if sys.platform != "linux":
        return
    ctypes.CDLL(None, use_errno=True).prctl(_PR_SET_PDEATHSIG, signal.SIGKILL, 0, 0, 0)
    if os.getppid() != parent:
        os._exit(1)


def watch(process: int, /) -> int | None:
    """A descriptor that polls as readable once a process has ended, our parent or not. None where there is no such."""
    if sys.platform != "linux":
        return None
    try:
        return os.pidfd_open(process)
    except ProcessLookupError:  # it has ended already; the null device is always readable
        return os.open(os.devnull, os.O_RDONLY | os.O_CLOEXEC)
