"""PDF files put together byte by byte, where a test needs a shape that no program writes."""

import zlib

PAGES = {
    1: b"<</Type/Catalog/Pages 2 0 R>>",
    2: b"<</Type/Pages/Kids[3 0 R]/Count 1/MediaBox[0 0 300 200]>>",
    3: b"<</Type/Page/Parent 2 0 R/Resources<<>>>>",
}
"""A catalog, a tree of pages, a page."""
HEADER = b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n"


def plain(objects: dict[int, bytes], *, extra: bytes = b"", root: int = 1, size: int | None = None) -> bytes:
    """A file with a classic table; `objects` are bodies by number, `extra` goes into the trailer."""
    written, offsets = _laid_out(HEADER, objects)
    return written + table(offsets, len(written), extra=extra, root=root, size=size, zero=True)


def appended(document: bytes, objects: dict[int, bytes], *, extra: bytes = b"", size: int | None = None) -> bytes:
    """One more section with a classic table."""
    written, offsets = _laid_out(document, objects)
    previous = b"/Prev %d" % start_of(document)
    return written + table(offsets, len(written), extra=extra + previous, size=size)


def table(
    offsets: dict[int, int], at: int, *, extra: bytes = b"", root: int = 1, size: int | None = None, zero: bool = False
) -> bytes:
    """A table, a trailer and the end of the file."""
    lines = b"xref\n" + (b"0 1\n0000000000 65535 f \n" if zero else b"")
    lines += b"".join(b"%d 1\n%010d 00000 n \n" % (number, offset) for number, offset in sorted(offsets.items()))
    size = max(offsets) + 1 if size is None else size
    return lines + b"trailer\n<</Size %d/Root %d 0 R%s>>\nstartxref\n%d\n%%%%EOF\n" % (size, root, extra, at)


def streamed(
    objects: dict[int, bytes],
    *,
    inside: dict[int, bytes] | None = None,
    filtered: str = "flate",
    widths: tuple[int, int, int] = (1, 4, 2),
    entries: bytes = b"",
) -> bytes:
    """A file with a cross-reference stream; `inside` go into an object stream."""
    own = max([*objects, *(inside or {})]) + 2
    written, offsets = _laid_out(HEADER, objects)
    rows = {number: (1, offset, 0) for number, offset in offsets.items()}
    if inside:
        container = own - 1
        rows |= {number: (2, container, index) for index, number in enumerate(inside)}
        rows[container] = (1, len(written), 0)
        written += b"%d 0 obj\n%s\nendobj\n" % (container, object_stream(inside))
    rows[own] = (1, len(written), 0)
    rows[0] = (0, 0, 65535)
    data = b"".join(
        b"".join(
            min(value, 256**width - 1).to_bytes(width, "big")
            for value, width in zip(rows.get(n, (0, 0, 0)), widths, strict=True)
        )
        for n in range(own + 1)
    )
    encoded, filters = encode(data, filtered, sum(widths))
    head = b"<</Type/XRef/Size %d/Root 1 0 R/W[%d %d %d]/Length %d%s%s>>" % (
        own + 1, *widths, len(encoded), filters, entries,
    )  # fmt: skip
    return written + b"%d 0 obj\n%sstream\n%s\nendstream\nendobj\nstartxref\n%d\n%%%%EOF\n" % (
        own, head, encoded, len(written),
    )  # fmt: skip


def encode(data: bytes, how: str, columns: int) -> tuple[bytes, bytes]:
    """The data encoded, and the entries that say so. `png0` to `png4` predict every row in that way."""
    if how == "none":
        return data, b""
    if how == "flate":
        return zlib.compress(data), b"/Filter/FlateDecode"
    predicted = predict(data, int(how[3:]), columns)
    parameters = b"/Filter[/FlateDecode]/DecodeParms[<</Predictor 12/Columns %d>>]" % columns
    return zlib.compress(predicted), parameters


def predict(data: bytes, kind: int, columns: int) -> bytes:
    """PNG prediction of rows of `columns` bytes."""
    above, made = bytes(columns), b""
    for start in range(0, len(data), columns):
        row = data[start : start + columns]
        left = bytes([0, *row[:-1]])
        corner = bytes([0, *above[:-1]])
        guesses = {
            0: bytes(columns),
            1: left,
            2: above,
            3: bytes((a + b) // 2 for a, b in zip(left, above, strict=True)),
            4: bytes(_paeth(*three) for three in zip(left, above, corner, strict=True)),
        }[kind]
        made += bytes([kind]) + bytes((a - b) % 256 for a, b in zip(row, guesses, strict=True))
        above = row
    return made


def _paeth(left: int, up: int, corner: int) -> int:
    estimate = left + up - corner
    distances = [(abs(estimate - value), order, value) for order, value in enumerate((left, up, corner))]
    return min(distances)[2]


def object_stream(inside: dict[int, bytes], *, first: int | None = None, count: int | None = None) -> bytes:
    """The body of an object stream."""
    pairs, data = [], b""
    for number, body in inside.items():
        pairs.append(b"%d %d" % (number, len(data)))
        data += body + b"\n"
    head = b" ".join(pairs) + b"\n"
    encoded = zlib.compress(head + data)
    return b"<</Type/ObjStm/N %d/First %d/Filter/FlateDecode/Length %d>>stream\n%s\nendstream" % (
        len(inside) if count is None else count, len(head) if first is None else first, len(encoded), encoded,
    )  # fmt: skip


def stream(data: bytes, entries: bytes = b"") -> bytes:
    """The body of a stream object."""
    return b"<<%s/Length %d>>stream\n%s\nendstream" % (entries, len(data), data)


def start_of(document: bytes) -> int:
    """What stands behind the last startxref."""
    return int(document[document.rindex(b"startxref") + 9 :].split()[0])


def _laid_out(document: bytes, objects: dict[int, bytes]) -> tuple[bytes, dict[int, int]]:
    offsets = {}
    for number, body in objects.items():
        offsets[number] = len(document)
        document += b"%d 0 obj\n%s\nendobj\n" % (number, body)
    return document, offsets
