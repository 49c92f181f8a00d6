"""Pictures of strangers are decoded in a worker and written anew; bombs are refused before a pixel is unpacked."""

import io
import struct
import zlib

import pytest
from PIL import Image

from absah.adapters.identity_pictures import (
    LARGEST_BYTES,
    LONGEST_SIDE,
    PictureTooLarge,
    PictureTooSmall,
    PictureUnreadable,
    clean_picture,
    rewritten,
)
from absah.adapters.isolation.pool import IsolatedPool
from absah.kernel.clock import SystemClock


def written(kind: str = "JPEG", size: tuple[int, int] = (800, 500), mode: str = "RGB", **options) -> bytes:
    buffer = io.BytesIO()
    Image.new(mode, size, 7 if mode in {"L", "P"} else None).save(buffer, kind, **options)
    return buffer.getvalue()


def opened(picture: bytes) -> Image.Image:
    return Image.open(io.BytesIO(picture))


@pytest.mark.parametrize(
    ("kind", "mode"),
    [("JPEG", "RGB"), ("JPEG", "CMYK"), ("JPEG", "L"), ("PNG", "RGBA"), ("PNG", "P"), ("PNG", "I;16"), ("WEBP", "RGB")],
)
def test_every_kind_becomes_a_plain_jpeg(kind: str, mode: str) -> None:
    made = opened(rewritten(written(kind, mode=mode)))
    assert (made.format, made.mode, made.size) == ("JPEG", "RGB", (800, 500))


def test_what_a_telephone_writes_beside_the_picture_is_gone_and_it_stands_upright() -> None:
    exif = Image.Exif()
    exif[0x0112] = 6  # turned by a quarter
    exif[0x010F] = "Kamera Rahasia"
    clean = rewritten(written(exif=exif, comment=b"catatan rahasia"))
    assert b"ahasia" not in clean
    made = opened(clean)
    assert made.size == (500, 800)
    assert not made.getexif()


def test_a_large_picture_is_made_smaller_and_one_too_small_or_of_another_kind_is_refused() -> None:
    assert max(opened(rewritten(written(size=(4000, 3000)))).size) == LONGEST_SIDE
    with pytest.raises(PictureTooSmall):
        rewritten(written(size=(239, 600)))
    for other in (written("GIF"), written("BMP"), b"", b"%PDF-1.7", written()[:400]):
        with pytest.raises(PictureUnreadable):
            rewritten(other)


def png_of(width: int, height: int, *, rows: bytes = b"") -> bytes:
    """A PNG whose head says what we like."""

    def chunk(kind: bytes, body: bytes) -> bytes:
        return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))

    head = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", zlib.compress(rows)) + chunk(b"IEND", b"")


@pytest.mark.parametrize(("width", "height"), [(60_000, 60_000), (10_000, 10_000), (2**31 - 1, 300)])
def test_a_bomb_is_refused_by_what_its_head_says(width: int, height: int) -> None:
    with pytest.raises((PictureTooLarge, PictureUnreadable)):
        rewritten(png_of(width, height))


def test_the_worker_answers_and_a_file_that_is_too_long_is_not_even_sent() -> None:
    with IsolatedPool(1, SystemClock()) as pool:
        assert opened(clean_picture(pool, written())).format == "JPEG"
        with pytest.raises(PictureUnreadable):
            clean_picture(pool, b"tidak ada gambar")
        with pytest.raises(PictureTooLarge):
            clean_picture(pool, bytes(LARGEST_BYTES + 1))
