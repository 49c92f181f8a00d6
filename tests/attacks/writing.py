"""Writing what no honest program writes: revisions by hand, holes filled with something else, numbers exchanged."""

import io
import re
from collections.abc import Callable

import pikepdf

Objects = dict[int, bytes]


def looked_at(document: bytes, question: Callable[[pikepdf.Pdf], object]) -> object:
    """What qpdf finds in a document."""
    with pikepdf.open(io.BytesIO(document)) as pdf:
        return question(pdf)


def numbers(document: bytes) -> dict[str, int]:
    """The objects that attacks touch: catalog, first page, its content, the form, the first signed field, its value."""

    def ask(pdf: pikepdf.Pdf) -> dict[str, int]:
        page = pdf.pages[0].obj
        form = pdf.Root["/AcroForm"]
        signed = next(field for field in form["/Fields"] if "/V" in field and field.get("/FT") == "/Sig")
        return {
            "catalog": pdf.Root.objgen[0],
            "tree": pdf.Root["/Pages"].objgen[0],
            "page": page.objgen[0],
            "content": page["/Contents"].objgen[0],
            "form": form.objgen[0],
            "field": signed.objgen[0],
            "value": signed["/V"].objgen[0],
            "free": max(int(size) for size in re.findall(rb"/Size (\d+)", document)) + 50,
        }

    found = looked_at(document, ask)
    assert isinstance(found, dict)
    return found


def body(document: bytes, number: int) -> bytes:
    """An object as qpdf writes it."""
    found = looked_at(document, lambda pdf: pdf.get_object(number, 0).unparse(resolved=True))
    assert isinstance(found, bytes)
    return found


def with_entry(document: bytes, number: int, key: bytes, value: bytes) -> bytes:
    """A dictionary with one entry added, or put in the place of the one of the same name."""
    found = looked_at(document, lambda pdf: _entries(pdf.get_object(number, 0)))
    assert isinstance(found, dict)
    found[key] = value
    return b"<<" + b" ".join(b"/%s %s" % item for item in found.items()) + b">>"


def _entries(found: pikepdf.Object) -> dict[bytes, bytes]:
    made = {}
    for key in found.keys():  # noqa: SIM118  (a pikepdf dictionary does not iterate over its keys)
        value = found[key]
        plain = not isinstance(value, pikepdf.Object)
        made[key[1:].encode()] = str(value).lower().encode() if plain else value.unparse()
    return made


def stream(data: bytes, entries: bytes = b"") -> bytes:
    return b"<<%s /Length %d>>\nstream\n%s\nendstream" % (entries, len(data), data)


def append(document: bytes, objects: Objects, *, root: int | None = None, end: bytes = b"%%EOF\n") -> bytes:
    """A well-formed incremental revision, with a classic table."""
    previous = int(re.findall(rb"startxref\s+(\d+)\s+%%EOF", document)[-1])
    size = max(int(size) for size in re.findall(rb"/Size (\d+)", document))
    catalog = root if root is not None else int(re.findall(rb"/Root (\d+) \d+ R", document)[-1])
    written, lines = document, b""
    for number, content in sorted(objects.items()):
        lines += b"%d 1\n%010d 00000 n \n" % (number, len(written))
        written += b"%d 0 obj\n%s\nendobj\n" % (number, content)
    trailer = b"trailer\n<</Size %d/Root %d 0 R/Prev %d>>\n" % (max(size, *objects) + 1, catalog, previous)
    return written + b"xref\n" + lines + trailer + b"startxref\n%d\n" % len(written) + end


def byte_range(document: bytes) -> tuple[int, int, int, int]:
    """The numbers of the last signature."""
    found = re.findall(rb"/ByteRange\s*\[\s*(\d+)\s+(\d+)\s+(\d+)\s+(\d+)", document)[-1]
    first, hole, resume, rest = (int(number) for number in found)
    return first, hole, resume, rest
