"""Documents say what is true: links lead somewhere, commands parse, what is named is there (`tools/doc_facts.py`).

Documentation that cannot fail is not read again by anybody. What can be compared with the code is compared here; what
can be generated (errors, the conformance matrix) is generated elsewhere and compared in a test.
"""

import re
import shlex
import sys
from collections.abc import Iterator
from pathlib import Path

from absah.kernel.errors import AbsahError
from absah_site.cli.main import COMMANDS, OFFLINE, parser_for

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

from tools.doc_facts import FACTS, FENCE  # noqa: E402  (run as a script)

LINK = re.compile(r"\[[^\]]*\]\(([^)\s]+)\)")
HEADING = re.compile(r"^(#+) +(.+)$", re.MULTILINE)
MAKE = re.compile(r"(?:`|^)make ([a-z][a-z-]*)", re.MULTILINE)


def pages(root: Path, /) -> list[Path]:
    """Every document a person reads."""
    return [*sorted(root.glob("*.md")), *sorted((root / "docs").rglob("*.md"))]


def prose(page: Path, /) -> str:
    """The text of a page without its code blocks."""
    return FENCE.sub("", page.read_text(encoding="utf-8"))


def slug(heading: str, /) -> str:
    """The anchor of a heading, as code hosts make it."""
    return re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-")


def broken_links(root: Path, /) -> Iterator[str]:
    """Relative links to what is not there."""
    for page in pages(root):
        for target in LINK.findall(prose(page)):
            if "://" in target or target.startswith("mailto:"):
                continue
            name, _, anchor = target.partition("#")
            path = (page.parent / name).resolve() if name else page
            if not path.exists():
                yield f"{page.relative_to(root)}: link to {target}, which is not there"
            elif anchor and anchor not in {slug(text) for _, text in HEADING.findall(prose(path))}:
                yield f"{page.relative_to(root)}: link to {target}, which has no such heading"


def unreachable_pages(root: Path, /) -> Iterator[str]:
    """Pages of `docs/` that nobody finds from its index."""
    waiting, seen = [root / "docs" / "index.md"], set()
    while waiting:
        page = waiting.pop()
        if page in seen or page.suffix != ".md" or not page.exists():
            continue
        seen.add(page)
        waiting += [(page.parent / target.partition("#")[0]).resolve() for target in LINK.findall(prose(page))]
    for page in sorted((root / "docs").rglob("*.md")):
        if page not in seen:
            yield f"{page.relative_to(root)}: no way leads here from docs/index.md"


def unknown_targets(root: Path, /) -> Iterator[str]:
    """`make` targets that the Makefile does not have."""
    known = set(re.findall(r"^([a-z][a-z-]*):", (root / "Makefile").read_text(encoding="utf-8"), re.MULTILINE))
    for page in pages(root):
        for target in sorted(set(MAKE.findall(page.read_text(encoding="utf-8"))) - known):
            yield f"{page.relative_to(root)}: `make {target}` does not exist"


def shell_lines(page: Path, /) -> Iterator[str]:
    """The commands of the `sh` blocks of a page, continued lines joined."""
    for language, block in FENCE.findall(page.read_text(encoding="utf-8")):
        if language == "sh":
            yield from block.replace("\\\n", " ").splitlines()


def unlawful_commands(root: Path, /) -> Iterator[str]:
    """`absah …` lines in shell blocks that the command line would refuse as bad usage."""
    for page in pages(root):
        for line in shell_lines(page):
            words = shlex.split(line.split(" | ")[0].split(" > ")[0].split(" < ")[0], comments=True)
            while words and "=" in words[0]:  # environment before the command
                words = words[1:]
            if not words or Path(words[0]).name != "absah":
                continue
            problem = refusal(words[1:])
            if problem:
                yield f"{page.relative_to(root)}: {line.strip()}: {problem}"


def refusal(words: list[str], /) -> str:
    """Why the command line would refuse these words; empty if it would not."""
    if not words or words[0] in {"--help", "--version", *OFFLINE}:
        return ""
    if words[0] not in COMMANDS:
        return "no such command"
    try:
        parser_for(words[0]).parse_args(words[1:])
    except AbsahError as error:
        return str(error.parameters.get("problem", error))
    return ""


def uneven_readmes(root: Path, /) -> Iterator[str]:
    """README.md and README.id.md are one text in two languages: as many headings of each level, the same commands."""
    english, indonesian = root / "README.md", root / "README.id.md"
    levels = [[len(marks) for marks, _ in HEADING.findall(prose(page))] for page in (english, indonesian)]
    if levels[0] != levels[1]:
        yield "README.md and README.id.md have different headings"
    commands = [[line.split("#")[0].split() for line in shell_lines(page)] for page in (english, indonesian)]
    if commands[0] != commands[1]:
        yield "README.md and README.id.md have different commands"


def odd_decisions(root: Path, /) -> Iterator[str]:
    """Decisions are numbered without gaps and have the three parts."""
    found = sorted((root / "docs" / "decisions").glob("[0-9]*.md"))
    for number, page in enumerate(found, start=1):
        text = page.read_text(encoding="utf-8")
        if not page.name.startswith(f"{number:04}-") or not text.startswith(f"# {number}. "):
            yield f"{page.relative_to(root)}: is not number {number}"
        if [heading for marks, heading in HEADING.findall(text) if marks == "##"] != [
            "Context",
            "Decision",
            "Consequences",
        ]:
            yield f"{page.relative_to(root)}: has not the parts Context, Decision, Consequences"


CHECKS = (
    broken_links,
    unreachable_pages,
    unknown_targets,
    unlawful_commands,
    uneven_readmes,
    odd_decisions,
    *FACTS,
)


def main() -> int:
    found = [sentence for check in CHECKS for sentence in check(ROOT)]
    for sentence in found:
        print(sentence)
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
