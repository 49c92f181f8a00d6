"""Compiles the page catalogues: `locale/*/LC_MESSAGES/django.po` to `django.mo`, which git does not hold.

A catalogue that is already newer than its source is left alone, so that this may run before every test.
"""

import sys
from pathlib import Path

from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po

LOCALE = Path(__file__).resolve().parent.parent / "src" / "absah_site" / "locale"


def compile_catalogues(locale: Path = LOCALE, /) -> list[Path]:
    """Write what is missing or stale. Returns what was written."""
    written = []
    for source in sorted(locale.glob("*/LC_MESSAGES/*.po")):
        target = source.with_suffix(".mo")
        if target.exists() and target.stat().st_mtime_ns >= source.stat().st_mtime_ns:
            continue
        with source.open("rb") as lines:
            catalogue = read_po(lines, locale=source.parent.parent.name)
        partial = target.with_suffix(f".{id(catalogue)}.part")
        with partial.open("wb") as out:
            write_mo(out, catalogue)
        partial.replace(target)
        written.append(target)
    return written


def main() -> int:
    for path in compile_catalogues():
        print(path.relative_to(LOCALE))
    return 0


if __name__ == "__main__":
    sys.exit(main())
