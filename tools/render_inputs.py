"""Sign what others' programs wrote and write `docs/conformance/inputs.md`: one line for each, signed or refused.

Needs the programs; those that are missing are named in the page. `make conformance` runs the same as tests.
"""

import sys
import tempfile
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest
from tests.conformance.matrix.others import Treatment, sources, treat

ROOT = Path(__file__).resolve().parents[1]
PAGE = ROOT / "docs" / "conformance" / "inputs.md"

HEAD = """\
# Inputs made by others

*Written by `tools/render_inputs.py` from a run; do not edit.*

Files of other producers, rewritten by qpdf in five ways, and the PDFs of pyHanko's source distribution, many of them
broken on purpose. Each is signed validly (OpenSSL, poppler and our verifier agree; what poppler called valid before
still is) or refused with a code. "ours" is our engine; another word in that column is its reason for leaving the file
to pyHanko.
"""


def treatments() -> Iterator[tuple[str, Treatment | str]]:
    for name, source in sources().items():
        with tempfile.TemporaryDirectory() as folder:
            try:
                yield name, treat(source(Path(folder)), Path(folder))
            except pytest.skip.Exception as missing:
                yield name, str(missing)


def lines() -> Iterator[str]:
    told = list(treatments())
    done = [(name, one) for name, one in told if isinstance(one, Treatment)]
    yield HEAD
    yield "## Outcomes"
    yield ""
    yield "| files | outcome |"
    yield "|---|---|"
    for outcome, count in Counter(_outcome(one) for _, one in done).most_common():
        yield f"| {count} | {outcome} |"
    yield ""
    missing = sorted({one for _, one in told if isinstance(one, str)})
    yield f"Not made on the machine of this run: {', '.join(missing) or 'nothing'}."
    yield ""
    yield "## Producers"
    yield ""
    yield "| file | engine | picture | refused with |"
    yield "|---|---|---|---|"
    yield from (_line(name, one) for name, one in done if not name.startswith("pyHanko"))
    yield ""
    yield "## pyHanko's files that our engine did not sign"
    yield ""
    yield "| file | engine | picture | refused with |"
    yield "|---|---|---|---|"
    for name, one in done:
        if name.startswith("pyHanko") and one.engine != "ours":
            yield _line(Path(name).name, one)


def _outcome(one: Treatment) -> str:
    if one.refused:
        return f"refused with `{one.refused}`"
    return "signed by our engine" if one.engine == "ours" else f"signed by pyHanko (our engine: {one.engine})"


def _line(name: str, one: Treatment) -> str:
    picture = "" if one.refused else "yes" if one.visible else "no room"
    refused = f"`{one.refused}`" + (f" ({one.problem})" if one.problem else "") if one.refused else ""
    return f"| {name} | {one.engine} | {picture} | {refused} |"


def main() -> int:
    PAGE.write_text("\n".join(lines()) + "\n", encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
