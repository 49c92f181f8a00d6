"""Writes a file that holds a secret: readable by its owner only, whole on disk or not there, never replaced."""

import os
from pathlib import Path

from absah.kernel.errors import WrongState


def write_new_secret_file(path: Path, content: bytes, exists: WrongState, /) -> None:
    """Write a file of mode 0600 and wait until the disk has it. Raises `exists` if there is one of that name."""
    unfinished = path.with_name(f".{path.name}.new")
    unfinished.unlink(missing_ok=True)
    descriptor = os.open(unfinished, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600)
    try:
        with os.fdopen(descriptor, "wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        # A link, unlike a rename, never replaces what is there.
        os.link(unfinished, path)
    except FileExistsError:
        raise exists from None
    finally:
        unfinished.unlink(missing_ok=True)
    folder = os.open(path.parent, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)
