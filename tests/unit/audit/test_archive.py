"""Archived parts: any range of a log stands for itself under any head that covers it, until somebody touches it."""

import hashlib
from dataclasses import replace
from datetime import UTC, datetime

import pytest
from cryptography.hazmat.primitives.asymmetric import ec
from hypothesis import given
from hypothesis import strategies as st
from tests.unit.audit.test_merkle import reader_of

from absah.audit.archive import ArchiveBroken, check_archive, entries_in, header_for, parse_header
from absah.audit.entry import hash_of
from absah.audit.fields import HeadMalformed
from absah.audit.heads import sign_head
from absah.audit.log_keys import HeadForged
from absah.audit.merkle import Hash, root
from absah.kernel.clock import instant

KEY = ec.generate_private_key(ec.SECP256R1())
ENTRIES = [b'{"number":%d}' % number for number in range(40)]
LEAVES = [Hash(hash_of(entry)) for entry in ENTRIES]


def header(begin: int, end: int, size: int):
    read = reader_of(LEAVES[:size])
    signed = sign_head(KEY, size, root(size, read), now=instant(datetime(2026, 11, 27, tzinfo=UTC)))
    return header_for(signed, begin, end, read, issuer="Pihak (contoh)")


@given(st.data())
def test_any_range_stands_for_itself_and_a_touched_one_is_found(data):
    size = data.draw(st.integers(1, 40))
    begin = data.draw(st.integers(0, size - 1))
    end = data.draw(st.integers(begin + 1, size))
    found, part = header(begin, end, size), ENTRIES[begin:end]
    whole = found.to_line() + b"".join(entry + b"\n" for entry in part)
    assert check_archive(found, part) == hashlib.sha256(whole).hexdigest()
    assert parse_header(found.to_line()) == found
    assert list(entries_in(whole.splitlines(keepends=True)[1:])) == part
    touched = data.draw(st.integers(0, len(part) - 1))
    for wrong in (
        [*part[:touched], b"other", *part[touched + 1 :]],
        [*part[:touched], *part[touched + 1 :]],
        [*part, part[-1]],
    ):
        with pytest.raises(ArchiveBroken):
            check_archive(found, wrong)


def test_headers_that_make_no_sense_are_refused():
    found = header(4, 9, 20)
    for wrong in (
        replace(found, begin=9, end=9),
        replace(found, end=21),
        replace(found, before=()),
        replace(found, after=found.after[:-1]),
    ):
        with pytest.raises(ArchiveBroken):
            check_archive(wrong, ENTRIES[wrong.begin : wrong.end])
    head = replace(found.signed, head=replace(found.signed.head, size=21))
    with pytest.raises(HeadForged):
        check_archive(replace(found, signed=head), ENTRIES[4:9])
    for line in (b"", b"[]", b"{}", b"[" * 100_000, found.to_line().replace(b"absah-archive", b"absah-proof")):
        with pytest.raises(HeadMalformed):
            parse_header(line)
    with pytest.raises(ArchiveBroken):
        list(entries_in([b"cut"]))
    with pytest.raises(ValueError, match="covers"):
        header(5, 4, 20)
