"""What documents name is there: commands, options, settings, variables, codes, files, figures, events, kinds of change.

Each check takes the root of the repository and yields a sentence for what is wrong. `tools/check_docs.py` runs them.
"""

import argparse
import re
import tomllib
from collections.abc import Iterable, Iterator
from functools import cache
from itertools import chain
from pathlib import Path
from typing import get_args

from pydantic import BaseModel

from absah.adapters.pkcs11.settings import TokenTable
from absah.adapters.signer.wire import Request
from absah.notices.webhooks.events import Event
from absah_site.cli.main import COMMANDS, OFFLINE, PROCESSES, parser_for
from absah_site.config import Config, SignOnTable

FENCE = re.compile(r"^```(\w*)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
ROW = re.compile(r"^\| `([^`]+)`", re.MULTILINE)
_WORDS = re.compile(r"`([^`\n]+)`")
_CODE = re.compile(r"[a-z]+\.[a-z0-9]+(?:-[a-z0-9]+)+")
_PLACE = re.compile(r"(?:src|tests|tools|bench|conformance|soak|requirements)/[\w./-]+")
_VARIABLE = re.compile(r'environ(?:\.get\(|\[)"(ABSAH_\w+)"')
_FIGURE = re.compile(r'"(absah_[a-z_0-9]+)",\s*"')
_COMMON = frozenset({"--help", "--data", "--json", "--lang"})
#: What processes of ours tell one another, and what tests are told.
_INNER = frozenset({"ABSAH_BEHIND_SOCKET", "ABSAH_TEST_DATABASE"})
#: What is signed begins with such words, so that no signature means two things.
_OUR_WORDS = frozenset({"absah tree head", "absah log key", "absah passkey consent 1", "absah passkey binding 1"})
_LONGEST_CHANGE = 450


def sections(text: str, /) -> Iterator[tuple[str, str]]:
    """Heading and text of each section of the second level."""
    for part in re.split(r"^## ", text, flags=re.MULTILINE)[1:]:
        heading, _, body = part.partition("\n")
        yield heading.strip().strip("`"), body


def _words_of(root: Path, /) -> Iterator[tuple[str, str]]:
    """What stands between backticks outside of blocks, with the page; in fragments of the changelog as well."""
    pages = chain(root.glob("*.md"), (root / "docs").rglob("*.md"), (root / "changes").glob("+*.md"))
    for page in sorted(pages):
        for words in _WORDS.findall(FENCE.sub("", page.read_text(encoding="utf-8"))):
            yield str(page.relative_to(root)), words


def _rows(root: Path, page: str, heading: str, /) -> set[str]:
    """The first cells of the tables in a section."""
    return set(ROW.findall(dict(sections((root / "docs" / page).read_text(encoding="utf-8"))).get(heading, "")))


def _names(command: str, /) -> Iterator[str]:
    """Options of a command, and the words to choose from where it takes one of several."""
    actions: Iterable[argparse.Action] = parser_for(command)._actions  # noqa: SLF001  (argparse offers no other way)
    for action in actions:
        if action.option_strings:
            yield action.option_strings[-1]
        else:
            yield from action.choices or ()


def undocumented_options(root: Path, /) -> Iterator[str]:
    """Commands, options and actions that `docs/reference/command-line.md` leaves out."""
    page = root / "docs" / "reference" / "command-line.md"
    described = dict(sections(page.read_text(encoding="utf-8")))
    for command in [*COMMANDS, *OFFLINE]:
        text = described.get(f"absah {command}")
        if text is None:
            yield f"{page.relative_to(root)}: no section `absah {command}`"
            continue
        for name in _names(command) if command in COMMANDS else ():
            if name not in _COMMON and f"`{name}" not in text:
                yield f"{page.relative_to(root)}: `absah {command}` has {name}, which is not described"


def unknown_commands(root: Path, /) -> Iterator[str]:
    """`absah …` in running text that is no command, or has not this option."""
    for page, words in _words_of(root):
        match words.split():
            case ["absah", command, *rest] if command in COMMANDS | PROCESSES:
                actions = parser_for(command)._actions  # noqa: SLF001  (argparse offers no other way)
                options = {option for action in actions for option in action.option_strings}
                unknown = [
                    word for word in rest if re.match(r"--?[a-z]", word) and word.partition("=")[0] not in options
                ]
                if unknown:
                    yield f"{page}: `{words}`: no option {unknown[0]}"
            case ["absah", command, *_] if command.isalpha() and command.islower() and command not in OFFLINE:
                if words not in _OUR_WORDS:
                    yield f"{page}: `{words}`: no such command"


def undocumented_settings(root: Path, /) -> Iterator[str]:
    """Settings, those of sections too, that their page leaves out, or describes though they are gone."""
    page = root / "docs" / "reference" / "settings.md"
    text = page.read_text(encoding="utf-8")
    described = _rows(root, "reference/settings.md", "absah.toml")
    known = {name for name in Config.__dataclass_fields__ if name != "data"} | {"format"}
    for name in sorted(known - described):
        yield f"{page.relative_to(root)}: the setting {name} is not described"
    for name in sorted(described - known):
        yield f"{page.relative_to(root)}: there is no setting {name}"
    cells = set(
        chain.from_iterable(re.split(r"[^a-z_]+", cell) for cell in re.findall(r"^\| ([^|]+) \|", text, re.MULTILINE))
    )
    for name in sorted(_inner_settings() - known):
        if f"`{name}`" not in text and name not in cells:
            yield f"{page.relative_to(root)}: the setting {name} of a section is not described"


def _inner_settings() -> set[str]:
    """The names of what stands in sections of `absah.toml`."""
    tables = [part.type for part in Config.__dataclass_fields__.values() if isinstance(part.type, type)]
    models = [table for table in tables if issubclass(table, BaseModel)]
    return {name for model in (*models, TokenTable, SignOnTable) for name in model.model_fields}


def undocumented_variables(root: Path, /) -> Iterator[str]:
    """Variables of the environment that are read and not described, or the other way round."""
    sources = (path.read_text(encoding="utf-8") for path in (root / "src").rglob("*.py"))
    read = set(chain.from_iterable(map(_VARIABLE.findall, sources))) - _INNER
    for name in sorted(read ^ _rows(root, "reference/settings.md", "Environment")):
        yield f"docs/reference/settings.md: the variable {name} is {'not described' if name in read else 'not read'}"


def undocumented_figures(root: Path, /) -> Iterator[str]:
    """Figures of `/metrics` that the how-to for operators leaves out, or names though they are gone."""
    page = "docs/howto/run-the-authority.md"
    made = set(_FIGURE.findall((root / "src/absah_site/oversight/views/metrics.py").read_text(encoding="utf-8")))
    named = set(re.findall(r"`(absah_[a-z_0-9]+?)(?:_total)?[`{]", (root / page).read_text(encoding="utf-8")))
    for name in sorted(made ^ named):
        yield f"{page}: the figure {name} is {'not described' if name in made else 'gone'}"


def undocumented_events(root: Path, /) -> Iterator[str]:
    """Events of webhooks that their page leaves out, or describes though they are gone."""
    known = {event.value for event in Event}
    for name in sorted(known ^ _rows(root, "howto/receive-webhooks.md", "Events")):
        yield f"docs/howto/receive-webhooks.md: the event {name} is {'not described' if name in known else 'gone'}"


def undocumented_operations(root: Path, /) -> Iterator[str]:
    """Operations of the signer that its page in the reference leaves out, or describes though they are gone."""
    known = {kind.model_fields["op"].default for kind in get_args(Request)}
    for name in sorted(known ^ _rows(root, "reference/signer-protocol.md", "Operations")):
        yield (
            f"docs/reference/signer-protocol.md: the operation {name} is {'not described' if name in known else 'gone'}"
        )


def unknown_codes(root: Path, /) -> Iterator[str]:
    """Codes of errors that nothing raises any more."""
    known = _messages(root / "src" / "absah" / "kernel" / "catalogue" / "en")
    areas = {code.partition(".")[0] for code in known}
    for page, words in _words_of(root):
        if _CODE.fullmatch(words) and words.partition(".")[0] in areas and words not in known:
            yield f"{page}: there is no code {words}"


@cache
def _messages(folder: Path, /) -> frozenset[str]:
    return frozenset(
        chain.from_iterable(tomllib.loads(path.read_text(encoding="utf-8")) for path in folder.glob("*.toml"))
    )


def unknown_places(root: Path, /) -> Iterator[str]:
    """Files and folders of the repository that are named and not there. Capitals and braces stand for others."""
    for page, words in _words_of(root):
        place = _PLACE.fullmatch(words)
        if place and not re.search(r"[A-Z]{3}", words) and not (root / words).exists():
            yield f"{page}: there is no {words}"


def unfit_changes(root: Path, /) -> Iterator[str]:
    """Fragments of a kind that nobody gathers, or that are no sentence or two for somebody who upgrades."""
    settings = tomllib.loads((root / "pyproject.toml").read_text(encoding="utf-8"))
    kinds = {kind["directory"] for kind in settings["tool"]["towncrier"]["type"]}
    for path in sorted((root / "changes").glob("+*.md")):
        text = path.read_text(encoding="utf-8").strip()
        if path.suffixes[-2].removeprefix(".") not in kinds:
            yield f"{path.relative_to(root)}: there is no such kind of change"
        if not text.endswith((".", ".)")) or "  " in text or "\n\n" in text or len(text) > _LONGEST_CHANGE:
            yield f"{path.relative_to(root)}: is not one or two sentences of at most {_LONGEST_CHANGE} characters"


FACTS = (
    undocumented_options,
    unknown_commands,
    undocumented_settings,
    undocumented_variables,
    undocumented_figures,
    undocumented_events,
    undocumented_operations,
    unknown_codes,
    unknown_places,
    unfit_changes,
)
