"""The annual report over five million uses of keys: within thirty seconds, and 512 MiB of the worker."""

from bench.report import measured
from bench.rows import PeerMissing

_SECONDS = 30
_MEBIBYTES = 512


def report_much(*, rows: int) -> dict[str, object]:
    """Fill a year, measure, and judge."""
    try:
        found = measured(rows)
    except PeerMissing as why:
        return {"held": False, "problem": str(why)}
    held = found["seconds"] <= _SECONDS and found["rss"] <= _MEBIBYTES and found["told"] > 1
    return {"held": held, **{name: round(value, 1) for name, value in found.items()}}
