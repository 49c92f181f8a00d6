"""Keys that the operator has listed as weak."""

from functools import cache
from pathlib import Path

from absah.pki.weak_keys import parse_weak_list
from absah_site import composition


@cache
def _weak_keys_in(folder: Path, /) -> frozenset[str]:
    if not folder.is_dir():
        return frozenset()
    return frozenset().union(*(parse_weak_list(page.read_text("ascii")) for page in sorted(folder.iterdir())))


def weak_key_list() -> frozenset[str]:
    """Debian's lists of weak keys, where the operator has put them into `weak-keys/`. Read once in a process."""
    return _weak_keys_in(composition.config().data / "weak-keys")
