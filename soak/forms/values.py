"""What is sent: values that no browser sends, and files that are not what they say."""

import base64
import io
import struct
import zipfile
import zlib
from collections.abc import Mapping
from functools import cache
from typing import Final

_KIB: Final = 1024
_MIB: Final = _KIB * _KIB

#: Each as the bytes that stand in the request. Python's surrogates arrive as the three bytes of WTF-8.
WORDS: Final[Mapping[str, bytes]] = {
    "nothing": b"",
    "blanks": b"  \t\r\n ",
    "nul": b"abc\x00def",
    "nul alone": b"\x00",
    "surrogate": b"abc\xed\xa0\x80def",
    "no utf-8": b"abc\xff\xfe\xc3",
    "no characters": b"\xef\xbf\xbe\xef\xbf\xbf\xe2\x80\xae\xe2\x80\x8b",
    "controls": b"\x01\x02\x1b[31m\x7f\xc2\x85",
    "lines": b"abc\r\nSet-Cookie: x=y\r\n\r\n<h1>",
    "markup": b"\"'><script>alert(1)</script>{{ 7 }}{% now %}",
    "beyond the plane": "\U0001f600\U0010fffd".encode(),
    "long": b"x" * (_MIB // 2),
    "long number": b"9" * 5_000,
    "minus one": b"-1",
    "zero": b"0",
    "more than 32 bits": b"4294967296",
    "more than 64 bits": b"99999999999999999999",
    "at 64 bits": b"9223372036854775807",
    "infinite": b"1e400",
    "no number": b"NaN",
    "infinity": b"Infinity",
    "fraction": b"0.1e-999999999",
    "other digits": "\u0661\u0662\u00b2\u2460".encode(),
    "underscores": b"1_000",
    "before the first day": b"0000-00-00",
    "first day": b"0001-01-01",
    "last day": b"9999-12-31",
    "no day": b"2027-02-30",
    "day of week": b"2027-W53-7",
    "first moment": b"0001-01-01T00:00",
    "last moment": b"9999-12-31T23:59:59.999999+14:00",
    "hour": b"25:61",
    "unknown uuid": b"00000000-0000-4000-8000-000000000000",
    "uuid in braces": b"{urn:uuid:00000000-0000-4000-8000-000000000000}",
    "half a uuid": b"00000000-0000-4000",
    "unknown choice": b"no-such-choice",
    "brackets": b'{"a":[1e999,' + b"[" * 5_000,
    "json null": b"null",
    "json list": b"[[[[]]]]",
    "json surrogate": b'{"id":"\\ud800","x":NaN,"y":1e999}',
    "percent": b"%00%ff%s%(a)s%n{0}{x.y}",
    "way": b"../../../../etc/passwd",
    "elsewhere": b"//evil.example/\\@x",
    "script": b"javascript:alert(1)",
    "bad host": b"http://[::1",
    "port": b"https://sagarabiru.example:99999999/",
    "bad punycode": b"https://xn--" + b"a" * 300 + b".example/",
    "address": b"a@" + b"b." * 200 + b"example",
    "header in address": b"a@b.example\r\nBcc: c@d.example",
    "regular expression": b"(a+)+$" + b"a" * 40,
    "equals": b"=1+1|cmd",
    "like": b"%_\\",
}

#: Enough to go everywhere with in a minute: one of each sort that ever broke something.
FEW: Final = ("nothing", "nul", "surrogate", "long number", "more than 64 bits", "no number", "first day", "last day",
              "unknown uuid", "brackets")  # fmt: skip


@cache
def files() -> Mapping[str, tuple[bytes, bytes, bytes]]:
    """Name of the case to file name, media type and bytes."""
    pdf = b"application/pdf"
    png, jpeg = b"image/png", b"image/jpeg"
    sheet = b"application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
    return {
        "empty": (b"x.pdf", pdf, b""),
        "no name": (b"", pdf, b"%PDF-1.7"),
        "huge name": (b"x" * 5_000 + b".pdf", pdf, b"%PDF-1.7\n"),
        "way in the name": (b"../../../../tmp/x.pdf", pdf, b"%PDF-1.7\n"),
        "nul in the name": (b"x\x00.pdf", pdf, b"%PDF-1.7\n"),
        "surrogate in the name": (b"x\xed\xa0\x80.pdf", pdf, pdf_of_no_pages()),
        "no utf-8 in the name": (b"x\xff\xfe.csv", b"text/csv", b"a,b\n1,2\n"),
        "pdf without pages": (b"x.pdf", pdf, pdf_of_no_pages()),
        "pdf that is text": (b"x.pdf", pdf, b"not a PDF at all"),
        "pdf cut short": (b"x.pdf", pdf, pdf_of_no_pages()[:60]),
        "sheet that is a bomb": (b"x.xlsx", sheet, sheet_bomb()),
        "sheet that is a zip": (b"x.xlsx", sheet, _zip({"../../evil.txt": b"x"})),
        "sheet cut short": (b"x.xlsx", sheet, sheet_bomb()[:200]),
        "wide list": (b"x.csv", b"text/csv", b",".join([b"a"] * 1_000_000) + b"\n1\n"),
        "list with nul": (b"x.csv", b"text/csv", b"nama,nik\n\x00,\x00\n"),
        "list of one quote": (b"x.csv", b"text/csv", b'nama,nik\n"' + b"x" * 300_000),
        "list of no text": (b"x.csv", b"text/csv", b"\xff\xfe\x00\xd8\x00\x00" * 20),
        "drawing": (b"x.svg", b"image/svg+xml", _SVG),
        "drawing as picture": (b"x.png", png, _SVG),
        "picture that is a bomb": (b"x.png", png, png_of(60_000, 60_000)),
        "picture of nothing": (b"x.png", png, png_of(0, 0)),
        "picture cut short": (b"x.png", png, png_of(10, 10)[:40]),
        "photograph that is a bomb": (b"x.jpg", jpeg, jpeg_of(65_000, 65_000)),
        "photograph that is text": (b"x.jpg", jpeg, b"\xff\xd8\xff\xe0hello"),
        "certificate that is none": (b"x.pem", b"application/x-pem-file", _PEM),
        "json that is deep": (b"x.json", b"application/json", b"[" * 100_000),
        "json that is odd": (b"x.json", b"application/json", b'{"a": NaN, "b": "\\ud800", "c": 1e999, "d": null}'),
        "json list": (b"x.json", b"application/json", b"[1, null, {}]"),
    }


#: Of the files, enough to go everywhere with in a minute.
FEW_FILES: Final = ("empty", "surrogate in the name", "pdf without pages", "sheet that is a bomb", "list with nul",
                    "drawing as picture", "picture that is a bomb", "json that is odd")  # fmt: skip

#: What stands in an address where a part of it is asked for, percent-encoded.
PARTS: Final[Mapping[str, str]] = {
    "nul": "a%00b",
    "no utf-8": "%ff%fe",
    "surrogate": "%ed%a0%80",
    "long": "x" * 3_000,
    "long number": "9" * 30,
    "unknown uuid": "00000000-0000-4000-8000-000000000000",
    "minus one": "-1",
    "zero": "0",
    "way": "..%2f..%2fetc",
    "digest": "a" * 64,
    "fingerprint": "F" * 40,
    "other digits": "%D9%A1%C2%B2",
    "dot": ".",
    "last day": "9999-12-31",
}

_SVG: Final = (
    b'<?xml version="1.0"?><!DOCTYPE x [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;">]>'
    b'<svg xmlns="http://www.w3.org/2000/svg" onload="alert(1)"><text>&b;</text></svg>'
)
_PEM: Final = (
    b"-----BEGIN CERTIFICATE-----\n" + base64.b64encode(b"\x30\x82\xff\xff\x30" * 20) + b"\n-----END CERTIFICATE-----\n"
)


def pdf_of_no_pages() -> bytes:
    """A whole PDF that has not one page."""
    parts = [b"1 0 obj\n<</Type/Catalog/Pages 2 0 R>>\nendobj\n", b"2 0 obj\n<</Type/Pages/Kids[]/Count 0>>\nendobj\n"]
    body, places = b"%PDF-1.7\n", []
    for part in parts:
        places.append(len(body))
        body += part
    table = b"".join(b"%010d 00000 n \n" % place for place in places)
    return (
        body
        + b"xref\n0 3\n0000000000 65535 f \n"
        + table
        + b"trailer\n<</Size 3/Root 1 0 R>>\nstartxref\n%d\n%%%%EOF\n" % len(body)
    )


def png_of(width: int, height: int, /) -> bytes:
    """The head of a picture of this size, and next to nothing behind it."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    head = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    return (
        b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", zlib.compress(bytes(_MIB))) + chunk(b"IEND", b"")
    )


def jpeg_of(width: int, height: int, /) -> bytes:
    """The head of a photograph of this size, and nothing behind it."""
    frame = struct.pack(">BHHB", 8, height, width, 1) + b"\x01\x11\x00"
    return b"\xff\xd8\xff\xc0" + struct.pack(">H", len(frame) + 2) + frame + b"\xff\xd9"


def sheet_bomb() -> bytes:
    """A workbook of a few kilobytes with 20 MiB of cells in it."""
    row = b"<row><c t='inlineStr'><is><t>" + b"A" * _KIB + b"</t></is></c></row>"
    space = b" xmlns='http://schemas.openxmlformats.org/spreadsheetml/2006/main'"
    cells = b"<worksheet" + space + b"><sheetData>" + row * 20_000
    book = b"<workbook" + space + b"><sheets><sheet name='A' sheetId='1'/></sheets></workbook>"
    return _zip({"[Content_Types].xml": b"<Types/>", "xl/workbook.xml": book, "xl/worksheets/sheet1.xml": cells})


def _zip(members: Mapping[str, bytes]) -> bytes:
    written = io.BytesIO()
    with zipfile.ZipFile(written, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in members.items():
            archive.writestr(name, content)
    return written.getvalue()
