"""Modules stay small and are called after what they do.

House style §9: aim at 80 to 250 lines, look again at 300, stop at 500. `EXCEPTIONS` may only shrink: an entry names
today's length, a module may not outgrow its entry, and an entry that a module no longer needs must go.
"""

import sys
from collections.abc import Mapping
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]

LOOK_AGAIN = 300
STOP = 500
FORBIDDEN_NAMES = frozenset({"utils", "util", "helpers", "helper", "common", "core", "misc", "manager", "managers"})

#: path -> lines, with the reason beside it.
EXCEPTIONS: Mapping[str, int] = {}


def lengths(root: Path, /) -> dict[str, int]:
    """Lines of every Python module we write, by path from the root. Migrations are written by Django."""
    return {
        path.relative_to(root).as_posix(): len(path.read_text(encoding="utf-8").splitlines())
        for folder in ("src", "tools", "tests")
        for path in sorted((root / folder).rglob("*.py"))
        if "migrations" not in path.parts
    }


def findings(measured: Mapping[str, int], exceptions: Mapping[str, int], /) -> list[str]:
    """What is wrong, as sentences."""
    found = []
    for path, lines in measured.items():
        allowed = exceptions.get(path, STOP)
        if lines > allowed:
            found.append(f"{path}: {lines} lines, {allowed} allowed. Split it by what it does.")
        elif path in exceptions and lines <= STOP:
            found.append(f"{path}: needs no exception any more. Take it off the list.")
        elif path in exceptions and lines < allowed:
            found.append(f"{path}: has shrunk to {lines} lines. Lower its exception.")
        parts = path.removesuffix(".py").split("/")
        found += [f"{path}: {part!r} says nothing about what is in it." for part in parts if part in FORBIDDEN_NAMES]
    found += [
        f"{path}: is on the list of exceptions and does not exist." for path in exceptions.keys() - measured.keys()
    ]
    return found


def main() -> int:
    measured = lengths(ROOT)
    found = findings(measured, EXCEPTIONS)
    for sentence in found:
        print(sentence)
    long = sorted(((lines, path) for path, lines in measured.items() if LOOK_AGAIN < lines <= STOP), reverse=True)
    for lines, path in long:
        print(f"(look again at {path}: {lines} lines)")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
