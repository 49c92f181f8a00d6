"""Pictures that may come into a signature, and those that may not."""

import io
import struct
import zlib

import pikepdf
import pytest
from PIL import Image
from PIL.PngImagePlugin import PngInfo
from tests.fakes.documents import page_with
from tests.fakes.signing import NOW

from absah.adapters.pyhanko_engine import PyHankoEngine
from absah.pdf.appearance import SignatureLook, draw_appearance
from absah.pdf.geometry import Rect
from absah.pdf.intake import inspect
from absah.pdf.objects import Name
from absah.pdf.pictures import (
    MOST_BYTES,
    PictureBroken,
    PictureNotSupported,
    PictureTooLarge,
    read_picture,
)
from absah.pki.algorithms import DigestAlgorithm
from absah.signing.engine.fast import FastEngine
from absah.signing.ports import SignatureField, VisibleWidget


def written(picture: Image.Image, kind: str, **how) -> bytes:
    file = io.BytesIO()
    picture.save(file, kind, **how)
    return file.getvalue()


RED = Image.new("RGB", (40, 20), (200, 10, 10))


def test_a_jpeg_goes_in_as_it_is_without_what_it_tells_about_its_maker() -> None:
    plain = written(RED, "JPEG")
    telling = written(RED, "JPEG", exif=b"Exif\0\0GPS di sini", comment=b"oleh siapa")
    read = read_picture(telling)
    assert b"GPS" not in read.data
    assert b"siapa" not in read.data
    assert (read.width, read.height, read.components, read.jpeg) == (40, 20, 3, True)
    scan = telling[telling.index(b"\xff\xda") :]
    assert read.data.endswith(scan)
    assert Image.open(io.BytesIO(read.data)).tobytes() == Image.open(io.BytesIO(plain)).tobytes()


def test_gray_and_progressive_jpegs_are_welcome_and_an_adobe_marker_stays() -> None:
    assert read_picture(written(RED.convert("L"), "JPEG")).components == 1
    assert read_picture(written(RED, "JPEG", progressive=True)).jpeg
    marked = written(RED, "JPEG")
    adobe = b"\xff\xee\x00\x0eAdobe\x00\x64\x00\x00\x00\x00\x01"
    assert adobe in read_picture(marked[:2] + adobe + marked[2:]).data


def test_a_png_is_flattened_on_white() -> None:
    ghost = Image.new("RGBA", (2, 1), (0, 0, 0, 0))
    ghost.putpixel((1, 0), (200, 10, 10, 255))
    read = read_picture(written(ghost, "PNG"))
    assert (read.width, read.height, read.components, read.jpeg) == (2, 1, 3, False)
    assert read.data == bytes((255, 255, 255, 200, 10, 10))


@pytest.mark.parametrize(("mode", "components"), [("L", 1), ("1", 1), ("RGB", 3), ("P", 3), ("LA", 3), ("I;16", 3)])
def test_every_kind_of_png_becomes_eight_bits_of_gray_or_rgb(mode: str, components: int) -> None:
    read = read_picture(written(Image.new(mode, (3, 2)), "PNG"))
    assert read.components == components
    assert len(read.data) == 3 * 2 * components


def test_metadata_of_a_png_does_not_come_along_and_large_ones_shrink() -> None:
    told = PngInfo()
    told.add_text("Author", "rahasia", zip=False)
    read = read_picture(written(Image.new("L", (1500, 300)), "PNG", pnginfo=told))
    assert b"rahasia" not in read.data
    assert (read.width, read.height) == (1200, 240)


def png_claiming(width: int, height: int) -> bytes:
    header = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)

    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    rows = zlib.compress(bytes(1 << 20), 9)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", rows) + chunk(b"IEND", b"")


def jpeg_claiming(width: int, height: int, *, bits: int = 8, marker: int = 0xC0) -> bytes:
    data = bytearray(written(RED, "JPEG"))
    frame = data.index(b"\xff\xc0")
    data[frame + 1] = marker
    data[frame + 4 : frame + 9] = struct.pack(">BHH", bits, height, width)
    return bytes(data)


@pytest.mark.parametrize(
    "bomb", [png_claiming(60000, 60000), png_claiming(0, 5), jpeg_claiming(60000, 60000), b"x" * (MOST_BYTES + 1)]
)
def test_bombs_are_refused_before_they_are_opened(bomb: bytes) -> None:
    with pytest.raises(PictureTooLarge):
        read_picture(bomb)


@pytest.mark.parametrize(
    "odd",
    [
        b"",
        b"GIF89a",
        b"%PDF-1.7",
        b"<svg/>",
        written(RED.convert("CMYK"), "JPEG"),
        jpeg_claiming(40, 20, bits=12),
        jpeg_claiming(40, 20, marker=0xC9),
        written(RED, "JPEG").replace(b"\xff\xda", b"\xff\xc0\x00\x0b\x08\x00\x14\x00\x28\x01\x01\x11\x00\xff\xda", 1),
    ],
)
def test_other_kinds_are_refused(odd: bytes) -> None:
    with pytest.raises(PictureNotSupported):
        read_picture(odd)


GOOD = written(RED, "JPEG")
SCAN = GOOD.index(b"\xff\xda")


@pytest.mark.parametrize(
    "broken",
    [
        b"\x89PNG\r\n\x1a\n",
        b"\x89PNG\r\n\x1a\n" + bytes(40),
        png_claiming(2000, 2000)[:60],
        b"\xff\xd8\xff",
        GOOD[:SCAN],
        GOOD[:2] + b"\xff\xe0\x00\x01" + GOOD[2:],
        GOOD[:2] + b"\xff\xe0\xff\xff" + GOOD[2:40],
        GOOD[:2] + b"\xff\xe0\x00\x02" + b"\x00\x00\x00\x00",
        GOOD[: SCAN + 20],
        GOOD[:2] + GOOD[SCAN:],
        GOOD[: GOOD.index(b"\xff\xdb")] + GOOD[SCAN:],
        GOOD[: GOOD.index(b"\xff\xdb")] + GOOD[GOOD.index(b"\xff\xc0") : GOOD.index(b"\xff\xc0") + 19] + GOOD[SCAN:],
    ],
)
def test_what_cannot_be_decoded_is_a_coded_refusal(broken: bytes) -> None:
    with pytest.raises(PictureBroken):
        read_picture(broken)


@pytest.mark.parametrize("engine", [FastEngine(), PyHankoEngine()])
@pytest.mark.parametrize("kind", ["JPEG", "PNG"])
def test_both_engines_embed_it_and_a_reader_sees_it(engine, kind: str) -> None:
    picture = read_picture(written(RED, kind))
    document = page_with("", media=(0, 0, 400, 300))
    look = SignatureLook(
        name="PUTRI AYU", post=None, at=NOW, link="https://v.contoh.go.id/1", trial=True, picture=picture
    )
    drawing = draw_appearance(look, inspect(document).pages[0], Rect(left=10, bottom=10, right=200, top=80))
    field = SignatureField(widget=VisibleWidget(appearance=drawing), at=NOW, digest=DigestAlgorithm.SHA256, reserve=64)
    with pikepdf.open(io.BytesIO(engine.prepare(document, field).document)) as pdf:
        image = pdf.pages[0].Annots[0].AP.N.Resources.XObject.P
        assert str(image.Filter) == ("/DCTDecode" if kind == "JPEG" else "/FlateDecode")
        assert "/SMask" not in image
        raw = image.read_raw_bytes() if kind == "JPEG" else image.read_bytes()
        assert raw == picture.data
    assert Name("DCTDecode") in picture.as_object().entries.values() or kind == "PNG"
