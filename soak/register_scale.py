"""Ten million certificates in the register: whether answering and issuing cost what they cost with ten thousand.

Needs about 2.5 KB of disk for each certificate, and a minute or two for each million. A register that was kept is
measured again as it is. The ratios are of processor time, as other programs may be at work beside it.
"""

import shutil
from pathlib import Path
from typing import Final

from bench.register_scale import FEW, compare, make_register
from bench.rows import PeerMissing

_LEAST: Final = 0.9
_SEARCH_MOST: Final = 100.0
_BYTES_EACH: Final = 3_000


def fill_register(folder: Path, /, *, rows: int, keep: bool) -> dict[str, object]:
    """Fill one, measure, and judge. With `keep` it stays, for the next measurement."""
    many, few = folder / f"register-{rows}", folder / "register-few"
    shutil.rmtree(few, ignore_errors=True)
    try:
        if not _mark(many).exists():
            shutil.rmtree(many, ignore_errors=True)
            if (room := shutil.disk_usage(folder).free) < rows * _BYTES_EACH:
                return _failed(f"{rows} certificates need {rows * _BYTES_EACH} bytes of disk, {room} are free")
            make_register(many, rows)
            _mark(many).touch()
        make_register(few, FEW)
        scale = compare(few, many)
    except PeerMissing as missing:
        return _failed(str(missing))
    finally:
        shutil.rmtree(few, ignore_errors=True)
        if not keep:
            shutil.rmtree(many, ignore_errors=True)
    ratios = {"ocsp": scale.answers, "issue": scale.issues}
    search = round(scale.search_milliseconds, 1)
    return {
        "held": min(one.ratio for one in ratios.values()) >= _LEAST and search <= _SEARCH_MOST,
        "rows": rows,
        "ratios": {name: round(one.ratio, 3) for name, one in ratios.items()},
        "notes": {name: one.note for name, one in ratios.items()},
        "name search, ms at p95": search,
    }


def _mark(register: Path) -> Path:
    """Is there once it was filled to the end."""
    return register / "filled"


def _failed(problem: str) -> dict[str, object]:
    return {"held": False, "problem": problem}
