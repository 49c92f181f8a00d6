"""One row: its canonical form, its hash, and what it refuses to hold."""

import hashlib
import json
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from absah.audit.entry import Entry, EntryMalformed, FactNotOpaque, hash_of, parse_entry
from absah.audit.tags import AccountTag, Tag, TagUnknown, known_tags, parse_tag
from absah.kernel.clock import instant

AT = instant(datetime(2026, 11, 20, 7, 3, 9, tzinfo=UTC))
CANONICAL = (
    b'{"actor":"system:cli","at":"2026-11-20T07:03:09Z","facts":{"count":3,"ended":false,"role":"ra","roles":["a","b"]},'
    b'"subject":"user:5f0c","tag":"accounts:role:granted","v":1}'
)


def make(**facts: str | int | bool | tuple[str, ...]) -> Entry:
    return Entry.of(at=AT, tag=AccountTag.ROLE_GRANTED, actor="system:cli", subject="user:5f0c", facts=facts)


def test_the_canonical_form_is_sorted_json_without_white_space() -> None:
    entry = make(roles=("a", "b"), role="ra", ended=False, count=3)
    assert entry.canonical == CANONICAL
    assert parse_entry(CANONICAL) == entry


def test_the_hash_is_the_leaf_hash_of_rfc_9162() -> None:
    assert make().hash == hashlib.sha256(b"\x00" + make().canonical).digest()
    assert hash_of(CANONICAL) != hashlib.sha256(CANONICAL).digest()


@pytest.mark.parametrize(
    "value", ["9999010101900001", "NIK 9999010101900001.", "199103142019032004", "a@b.example", 9999010101900001]
)
def test_a_fact_that_names_a_person_is_refused_without_repeating_it(value: str | int) -> None:
    with pytest.raises(FactNotOpaque) as caught:
        make(who=value)
    assert str(value) not in str(caught.value)
    with pytest.raises(FactNotOpaque):
        make(who=(str(value),))
    with pytest.raises(FactNotOpaque):
        Entry(at=AT, tag=AccountTag.USER_CREATED, actor=f"user:{value}", subject="user:1")


@pytest.mark.parametrize("value", ["a" * 8 + "9999010101900001", "4A1199990101019000017B", "12345", "0" * 64])
def test_hashes_serials_and_counts_are_no_personal_numbers(value: str) -> None:
    assert dict(make(digest=value).facts) == {"digest": value}


@pytest.mark.parametrize("before", ["\n", "\x1f", '"', "\\", "-", " n:"])
def test_no_escape_of_the_written_form_hides_a_personal_number(before: str) -> None:
    with pytest.raises(FactNotOpaque) as caught:
        make(note=f"{before}9999010101900001")
    assert caught.value.parameters["field"] == "note"


def test_an_address_in_the_last_of_many_texts_is_named_by_its_field() -> None:
    with pytest.raises(FactNotOpaque) as caught:
        make(a=("x", "y"), b=-5, c=True, d=("z", "siti@example.go.id"))
    assert caught.value.parameters["field"] == "d"


def test_facts_have_names_and_values_that_every_reader_keeps_exact() -> None:
    for wrong in ({"Upper": "x"}, {"": "x"}, {"large": 10**20}):
        with pytest.raises(ValueError, match=r"large|named"):
            make(**wrong)
    with pytest.raises(TypeError):
        make(half=0.5)  # type: ignore[arg-type]
    with pytest.raises(TypeError):
        make(parts=("x", 5))  # type: ignore[arg-type]


def test_a_reference_is_one_word() -> None:
    for wrong in ("", "two words", "user:é", "x" * 161):
        with pytest.raises(ValueError, match="reference"):
            Entry(at=AT, tag=AccountTag.USER_CREATED, actor=wrong, subject="user:1")


def test_facts_are_sorted_and_each_name_stands_once() -> None:
    for wrong in ((("b", 1), ("a", 1)), (("a", 1), ("a", 2))):
        with pytest.raises(ValueError, match="sorted"):
            Entry(at=AT, tag=AccountTag.USER_CREATED, actor="a", subject="b", facts=wrong)


@pytest.mark.parametrize(
    "damaged",
    [
        b"",
        b"[]",
        b"null",
        b"{}",
        b"\xff",
        CANONICAL + b" ",
        CANONICAL.replace(b'"v":1', b'"v":2'),
        CANONICAL.replace(b"07:03:09Z", b"07:03"),
        CANONICAL.replace(b'"count":3', b'"count":3.5'),
        CANONICAL.replace(b'"count":3', b'"count":null'),
        CANONICAL.replace(b'{"count"', b'{ "count"'),
        CANONICAL.replace(b'"facts":{', b'"facts":[{').replace(b"]},", b"]}],"),
        b"[" * 100_000,
    ],
)
def test_bytes_that_are_not_the_canonical_form_are_refused(damaged: bytes) -> None:
    with pytest.raises(EntryMalformed):
        parse_entry(damaged)


def test_an_unknown_tag_says_so() -> None:
    with pytest.raises(TagUnknown):
        parse_entry(CANONICAL.replace(b"role:granted", b"role:lost"))


def test_every_tag_is_spelled_area_subject_action_and_stands_once() -> None:
    all_tags = [tag for area in Tag.__subclasses__() for tag in area]
    assert len(known_tags()) == len(all_tags)
    for tag in all_tags:
        area, subject, action = tag.value.split(":")
        assert area.isalpha()
        assert subject.replace("-", "").isalpha()
        assert action.replace("-", "").isalpha()
        assert parse_tag(tag.value) is tag


@given(
    st.dictionaries(
        st.from_regex(r"[a-z][a-z0-9_]{0,10}", fullmatch=True),
        st.one_of(
            st.booleans(),
            st.integers(-(10**9), 10**9),
            st.text(alphabet='abcäé €"\\\n', max_size=20),
            st.lists(st.text(alphabet="xyz", max_size=4), max_size=3).map(tuple),
        ),
        max_size=5,
    )
)
def test_what_was_written_is_read_back_and_is_plain_json(facts: dict[str, str | int | bool | tuple[str, ...]]) -> None:
    entry = make(**facts)
    assert parse_entry(entry.canonical) == entry
    assert json.loads(entry.canonical)["facts"].keys() == facts.keys()
