"""Checks that every sentence of the pages is there in Indonesian, once; none fuzzy, forgotten, or with other fields.

The msgids are English and stand in templates and Python; this collects them with Django's own reader of templates and
Babel's of Python. `--update` writes what was collected into the Indonesian catalogue, new entries empty.
"""

import argparse
import re
import sys
from collections.abc import Iterator
from io import BytesIO
from pathlib import Path

from babel.messages.catalog import Catalog, Message
from babel.messages.extract import extract_python
from babel.messages.pofile import read_po, write_po
from django.conf import settings
from django.utils.translation.template import templatize

SITE = Path(__file__).resolve().parent.parent / "src" / "absah_site"
INDONESIAN = SITE / "locale" / "id" / "LC_MESSAGES" / "django.po"

HEADER = """\
# The pages of Absah in Indonesian. New sentences: tools/check_catalogues.py --update, then translate.
msgid ""
msgstr ""
"Language: id\\n"
"MIME-Version: 1.0\\n"
"Content-Type: text/plain; charset=utf-8\\n"
"Content-Transfer-Encoding: 8bit\\n"
"Plural-Forms: nplurals=1; plural=0;\\n"

"""

KEYWORDS = {
    "_": None,
    "gettext": None,
    "gettext_lazy": None,
    "gettext_noop": None,
    "ngettext": (1, 2),
    "ngettext_lazy": (1, 2),
    "pgettext": ((1, "c"), 2),
    "pgettext_lazy": ((1, "c"), 2),
    "npgettext": ((1, "c"), 2, 3),
    "npgettext_lazy": ((1, "c"), 2, 3),
}
_FIELD = re.compile(r"%\(([a-z_]+)\)[sd]|\{([a-z_]+)\}")


def _sources() -> Iterator[tuple[Path, bytes]]:
    for path in sorted(SITE.rglob("*.html")):
        yield path, templatize(path.read_text(encoding="utf-8"), origin=str(path)).encode()
    for path in sorted(SITE.rglob("*.py")):
        if "migrations" not in path.parts:
            yield path, path.read_bytes()


def collect() -> Catalog:
    """Every msgid in use, with the place it stands."""
    found = Catalog(locale="id", project="Absah", charset="utf-8", fuzzy=False)
    for path, source in _sources():
        for line, keyword, words, _comments in extract_python(BytesIO(source), KEYWORDS, (), {"encoding": "utf-8"}):
            positions = KEYWORDS[keyword]
            texts = list(words) if isinstance(words, tuple) else [words]
            context = None
            if positions and isinstance(positions[0], tuple):
                context, *texts = texts
            if not texts or not isinstance(texts[0], str):
                continue
            plural = texts[1] if keyword.lstrip("p").startswith("n") and "n" in keyword[:2] else None
            msgid = (texts[0], plural) if plural else texts[0]
            found.add(
                msgid, locations=[(str(path.relative_to(SITE)), 0 if path.suffix == ".html" else line)], context=context
            )
    return found


def read_indonesian() -> Catalog:
    """The catalogue as it stands."""
    with INDONESIAN.open("rb") as lines:
        return read_po(lines, locale="id")


def doubled(written: str, /) -> list[str]:
    """Sentences that stand in a catalogue twice. Its reader keeps one of them and says nothing."""
    names = [name for block in written.split("\n\n") if (name := _name_of(block))]
    return sorted({name for name in names if names.count(name) > 1})


def _name_of(block: str) -> str:
    """Context and msgid of an entry, as they are written; however their lines are broken."""
    lines = [line for line in block.splitlines() if not line.startswith("#")]
    said = "".join(lines).partition("msgstr")[0].partition("msgid_plural")[0]
    return said.replace('""', "")


def _fields(text: str) -> frozenset[str]:
    return frozenset(first or second for first, second in _FIELD.findall(text))


def _texts(words: str | tuple[str, ...] | list[str]) -> tuple[str, ...]:
    return (words,) if isinstance(words, str) else tuple(words)


def _complaint(used: Message, translated: Message | None) -> str | None:
    if translated is None or not all(_texts(translated.string)):
        return "missing"
    if translated.fuzzy:
        return "fuzzy"
    wanted = frozenset().union(*map(_fields, _texts(used.id)))
    if any(_fields(text) - wanted for text in _texts(translated.string)):
        return "other fields"
    return None


def complaints() -> list[str]:
    """What is wrong, one line each."""
    used, indonesian = collect(), read_indonesian()
    found = [f"stands twice: {name}" for name in doubled(INDONESIAN.read_text(encoding="utf-8"))]
    for message in used:
        if message.id and (what := _complaint(message, indonesian.get(message.id, message.context))):
            place = message.locations[0][0] if message.locations else "?"
            found.append(f"{what}: {_texts(message.id)[0]!r} ({place})")
    found.extend(
        f"no longer used: {_texts(message.id)[0]!r}"
        for message in indonesian
        if message.id and used.get(message.id, message.context) is None
    )
    return found


def update() -> None:
    """Bring the Indonesian catalogue up to what is used: new entries empty, unused ones gone."""
    used, indonesian = collect(), read_indonesian()
    fresh = Catalog(locale="id", charset="utf-8", fuzzy=False)
    fresh.mime_headers = [("Plural-Forms", "nplurals=1; plural=0;")]
    for message in used:
        if message.id:
            known = indonesian.get(message.id, message.context)
            places = sorted({(place, 0) for place, _ in message.locations})
            fresh.add(message.id, known.string if known else "", locations=places, context=message.context)
    body = BytesIO()
    write_po(body, fresh, width=116, omit_header=True, sort_output=True, include_lineno=False)
    INDONESIAN.write_bytes(HEADER.encode() + body.getvalue())


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--update", action="store_true", help="add new sentences to the catalogue, empty")
    options = parser.parse_args()
    settings.configure(USE_I18N=True)
    if options.update:
        update()
    found = complaints()
    for line in found:
        print(line)
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
