import zlib

import pytest
from tests.fakes.raw_pdf import encode

from absah.pdf.reader.refusals import LimitExceeded, StreamBroken
from absah.pdf.reader.streams import Rows, decoded, inflated
from absah.pdf.reader.syntax import as_dictionary

ROWS = bytes(range(1, 41)) * 3


def entries(written: bytes):
    return as_dictionary(b"<<%s>>" % written)


@pytest.mark.parametrize("how", ["none", "flate", "png0", "png1", "png2", "png3", "png4"])
def test_every_prediction_is_taken_back(how: str) -> None:
    data, said = encode(ROWS, how, 5)
    assert decoded(entries(said), data) == ROWS
    rows = Rows(entries(said), data, 5)
    assert len(rows) == 24
    assert [rows.row(index) for index in (23, 0, 7)] == [ROWS[115:], ROWS[:5], ROWS[35:40]]


def test_rows_of_mixed_predictions_are_read() -> None:
    up, said = encode(ROWS[:60], "png2", 5)
    raw = zlib.decompress(up)
    mixed = raw[:6] + b"\0" + bytes((a + b) % 256 for a, b in zip(raw[1:6], raw[7:12], strict=True)) + raw[12:]
    assert Rows(entries(said), zlib.compress(mixed), 5).row(11) == ROWS[55:60]


@pytest.mark.parametrize(
    "said",
    [
        b"/Filter/LZWDecode", b"/Filter[/FlateDecode/ASCIIHexDecode]", b"/Filter/FlateDecode/DecodeParms 5",
        b"/Filter/FlateDecode/DecodeParms<</Predictor 2/Columns 5>>",
        b"/Filter/FlateDecode/DecodeParms<</Predictor 12/Columns 500>>",
        b"/Filter/FlateDecode/DecodeParms<</Predictor 12/Columns 5/Colors 3>>",
    ],
)  # fmt: skip
def test_what_is_not_needed_for_structure_is_refused(said: bytes) -> None:
    with pytest.raises(StreamBroken):
        decoded(entries(said), zlib.compress(ROWS))


@pytest.mark.parametrize("said", [b"/Filter null", b"/Filter[]", b"/Filter[null]"])
def test_no_filter_is_no_filter(said: bytes) -> None:
    assert decoded(entries(said), b"abc") == b"abc"


def test_no_prediction_is_no_prediction() -> None:
    assert decoded(entries(b"/Filter/Fl/DecodeParms<</Predictor 1>>"), zlib.compress(b"abc")) == b"abc"
    assert decoded(entries(b"/Filter/Fl/DecodeParms[null]"), zlib.compress(b"abc")) == b"abc"


@pytest.mark.parametrize("data", [b"", b"not zlib", zlib.compress(ROWS)[:-5]])
def test_damaged_compression_is_refused(data: bytes) -> None:
    with pytest.raises(StreamBroken):
        inflated(data)


def test_a_prediction_that_does_not_exist_is_refused() -> None:
    with pytest.raises(StreamBroken):
        decoded(entries(b"/Filter/Fl/DecodeParms<</Predictor 12/Columns 2>>"), zlib.compress(b"\x07ab"))


def test_bombs_are_refused() -> None:
    with pytest.raises(LimitExceeded):
        inflated(zlib.compress(bytes(8 << 20)))
    with pytest.raises(LimitExceeded):
        inflated(zlib.compress(b"abc"), most=2)
    slow = b"\x04" + bytes(range(250)) * 20
    with pytest.raises(LimitExceeded):
        decoded(entries(b"/Filter/Fl/DecodeParms<</Predictor 12/Columns 2>>"), zlib.compress(slow * 900, 1))
