"""Ten million certificates in the register: whether answering and issuing cost what they cost with ten thousand.

Needs about 2 KB of disk for each certificate, and some minutes for each million. A ratio is of processor time, as other
programs may be at work for as long as this runs.
"""

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Final

_LEAST: Final = 0.9
_BYTES_EACH: Final = 2_500


def fill_register(folder: Path, /, *, rows: int) -> dict[str, object]:
    """Fill one, measure, and judge."""
    room = shutil.disk_usage(folder).free
    if room < rows * _BYTES_EACH:
        return {
            "held": False,
            "problem": f"{rows} certificates need {rows * _BYTES_EACH} bytes of disk, {room} are free",
        }
    place = folder / "register"
    shutil.rmtree(place, ignore_errors=True)
    place.mkdir()
    try:
        done = subprocess.run(
            [sys.executable, "-m", "bench.register_work", "register", str(place)],
            env=os.environ | {"ROWS": str(rows)},
            capture_output=True,
            text=True,
            check=False,
        )
    finally:
        shutil.rmtree(place, ignore_errors=True)
    if done.returncode:
        return {"held": False, "problem": done.stderr[-2000:]}
    found = json.loads(done.stdout.splitlines()[-1])
    ratios = {
        "ocsp": found["status_many"] / found["status_few"],
        "issue": found["issue_many"] / found["issue_few"],
    }
    rounded = {name: round(ratio, 3) for name, ratio in ratios.items()}
    search = round(found["search_ms"], 1)
    held = min(ratios.values()) >= _LEAST and search <= found["search_most_ms"]
    return {"held": held, "rows": rows, "ratios": rounded, "name search, ms at p95": search}
