import pytest
import segno
from hypothesis import given
from hypothesis import strategies as st

from absah.pdf import qr_code as module
from absah.pdf.qr_code import LAST_VERSION, QrCode, encode

FULL = [
    (version, level)
    for version in range(1, LAST_VERSION + 1)
    for level in module._LEVELS
    if version <= len(level.blocks)
]


def matrix_of(code: QrCode) -> list[list[bool]]:
    return [[code.dark(x, y) for x in range(code.size)] for y in range(code.size)]


@pytest.mark.parametrize(("version", "level"), FULL, ids=[f"{version}-{level.bits:02b}" for version, level in FULL])
def test_a_full_symbol_is_the_one_that_another_encoder_makes(version, level) -> None:
    """Full, because the other one pads with an octet too many; readers do not look at the padding."""
    content = ("h" + "ttps://v.contoh.go.id/d/" * 30)[: module._room(version, level)]
    code = encode(content.encode())
    other = segno.make(content, error="m", micro=False, mode="byte", mask=code.mask)
    assert (code.version, level) == module._fitting(len(content))
    assert matrix_of(code) == [[bool(dark) for dark in row] for row in other.matrix]


@pytest.mark.parametrize(
    "content", ["https://v.contoh.go.id/d/0123456789", "h" * 100, "https://verifikasi.contoh/v/7Q"]
)
def test_the_mask_is_the_one_that_another_encoder_chooses(content: str) -> None:
    padded = content.ljust(module._room(*module._fitting(len(content))), "x")
    assert encode(padded.encode()).mask == segno.make(padded, error="m", micro=False, mode="byte").mask


@given(st.binary(min_size=1, max_size=300))
def test_whatever_was_encoded_is_read_back(content: bytes) -> None:
    """A reader without error correction: format, mask, placement, blocks, mode and count."""
    code = encode(content)
    level = next(level for level in module._LEVELS if level.bits == format_of(code) >> 3)
    assert format_of(code) & 7 == code.mask
    places = module._placement(code.size, module._function_modules(code.version))
    bits = "".join("01"[code.dark(x, y) ^ module._MASKS[code.mask](x, y)] for x, y in places)
    count, correction = level.blocks[code.version - 1], level.correction[code.version - 1]
    total = module._codewords(code.version)
    codewords = [int(bits[8 * n : 8 * n + 8], 2) for n in range(total)]
    data = total - count * correction
    short, longer = divmod(data, count)
    lengths = [short] * (count - longer) + [short + 1] * longer
    blocks = [bytearray() for _ in lengths]
    order = [b for column in range(short + 1) for b, length in enumerate(lengths) if column < length]
    for b, codeword in zip(order, codewords, strict=False):
        blocks[b].append(codeword)
    for number, block in enumerate(blocks):
        whole = bytes(block) + bytes(codewords[data + number :: count])
        assert not any(syndromes(whole, correction))
    joined = "".join(f"{octet:08b}" for block in blocks for octet in block)
    digits = 8 if code.version < 10 else 16
    assert joined[:4] == "0100"
    assert int(joined[4 : 4 + digits], 2) == len(content)
    read = joined[4 + digits : 4 + digits + 8 * len(content)]
    assert int(read, 2).to_bytes(len(content), "big") == content


def format_of(code: QrCode) -> int:
    """The five bits of level and mask, from the copy beside the upper left finder."""
    places = [(0, 8), (1, 8), (2, 8), (3, 8), (4, 8)]
    return int("".join("01"[code.dark(*place)] for place in places), 2) ^ 0b10101


def syndromes(codeword: bytes, degree: int) -> list[int]:
    found, root = [], 1
    for _ in range(degree):
        value = 0
        for octet in codeword:
            value = module._times(value, root) ^ octet
        found.append(value)
        root = module._times(root, 2)
    return found


def test_too_much_is_refused() -> None:
    most = module._room(LAST_VERSION, module._LEVELS[0])
    assert encode(b"x" * most).version == LAST_VERSION
    with pytest.raises(ValueError, match="too long"):
        encode(b"x" * (most + 1))
