"""The Merkle tree against the recursive words of RFC 9162, the vectors of RFC 6962's authors, and itself."""

import hashlib
from functools import cache

import pytest
from hypothesis import given
from hypothesis import strategies as st

from absah.audit.entry import hash_of
from absah.audit.merkle import (
    EMPTY_ROOT,
    CompactRange,
    Hash,
    check_consistency,
    check_inclusion,
    consistency_proof,
    inclusion_proof,
    node_hash,
    perfect_parts,
    root,
)

#: The eight leaves and their heads that every implementation of Certificate Transparency is tried with.
LEAVES = [bytes.fromhex(text) for text in ("", "00", "10", "2021", "3031", "40414243", "5051525354555657",
                                           "606162636465666768696a6b6c6d6e6f")]  # fmt: skip
HEADS = (
    "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
    "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
    "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
    "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
    "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
    "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
    "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
    "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
)
INCLUSION = {
    (0, 8): (
        "96a296d224f285c67bee93c30f8a309157f0daa35dc5b87e410b78630a09cfc7",
        "5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e",
        "6b47aaf29ee3c2af9af889bc1fb9254dabd31177f16232dd6aab035ca39bf6e4",
    ),
    (5, 8): (
        "bc1a0643b12e4d2d7c77918f44e0f4f79a838b6cf9ec5b5c283e1f4d88599e6b",
        "ca854ea128ed050b41b35ffc1b87b8eb2bde461e9e3b5596ece6b9d5975a0ae0",
        "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
    ),
    (2, 3): ("fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",),
    (1, 5): (
        "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
        "5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e",
        "bc1a0643b12e4d2d7c77918f44e0f4f79a838b6cf9ec5b5c283e1f4d88599e6b",
    ),
}
CONSISTENCY = {
    (1, 8): (
        "96a296d224f285c67bee93c30f8a309157f0daa35dc5b87e410b78630a09cfc7",
        "5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e",
        "6b47aaf29ee3c2af9af889bc1fb9254dabd31177f16232dd6aab035ca39bf6e4",
    ),
    (6, 8): (
        "0ebc5d3437fbe2db158b9f126a1d118e308181031d0a949f8dededebc558ef6a",
        "ca854ea128ed050b41b35ffc1b87b8eb2bde461e9e3b5596ece6b9d5975a0ae0",
        "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
    ),
    (2, 5): (
        "5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e",
        "bc1a0643b12e4d2d7c77918f44e0f4f79a838b6cf9ec5b5c283e1f4d88599e6b",
    ),
}


def model_head(leaves):
    """MTH of RFC 9162 §2.1.1, word for word."""
    if not leaves:
        return hashlib.sha256(b"").digest()
    if len(leaves) == 1:
        return leaves[0]
    k = 1
    while k * 2 < len(leaves):
        k *= 2
    return hashlib.sha256(b"\x01" + model_head(leaves[:k]) + model_head(leaves[k:])).digest()


def model_path(index, leaves):
    """PATH of RFC 9162 §2.1.3.1, word for word."""
    if len(leaves) == 1:
        return []
    k = 1
    while k * 2 < len(leaves):
        k *= 2
    if index < k:
        return [*model_path(index, leaves[:k]), model_head(leaves[k:])]
    return [*model_path(index - k, leaves[k:]), model_head(leaves[:k])]


def model_subproof(m, leaves, whole):
    """SUBPROOF of RFC 9162 §2.1.4.1, word for word."""
    n = len(leaves)
    if m == n:
        return [] if whole else [model_head(leaves)]
    k = 1
    while k * 2 < n:
        k *= 2
    if m <= k:
        return [*model_subproof(m, leaves[:k], whole), model_head(leaves[k:])]
    return [*model_subproof(m - k, leaves[k:], False), model_head(leaves[:k])]


def reader_of(leaves):
    @cache
    def read(level, number):
        if level == 0:
            return Hash(leaves[number])
        return node_hash(read(level - 1, 2 * number), read(level - 1, 2 * number + 1))

    return read


def some(count):
    return [hash_of(b"%d" % number) for number in range(count)]


def test_the_published_vectors_of_certificate_transparency_are_met():
    leaves = [hash_of(leaf) for leaf in LEAVES]
    read = reader_of(leaves)
    assert hashlib.sha256().digest() == EMPTY_ROOT == root(0, read)
    for size, head in enumerate(HEADS, start=1):
        assert root(size, read).hex() == head
    for (index, size), path in INCLUSION.items():
        assert tuple(found.hex() for found in inclusion_proof(index, size, read)) == path
    for (older, newer), path in CONSISTENCY.items():
        assert tuple(found.hex() for found in consistency_proof(older, newer, read)) == path


@pytest.mark.parametrize("size", range(1, 34))
def test_every_proof_of_small_trees_is_the_models_and_checks(size):
    leaves = some(size)
    read, head = reader_of(leaves), model_head(leaves)
    assert root(size, read) == head
    for index in range(size):
        proof = inclusion_proof(index, size, read)
        assert list(proof) == model_path(index, leaves)
        assert check_inclusion(leaves[index], index, size, proof, head)
    for older in range(1, size + 1):
        proof = consistency_proof(older, size, read)
        assert list(proof) == model_subproof(older, leaves, True)
        assert check_consistency(older, size, proof, root(older, read), head)


@given(st.integers(1, 600), st.data())
def test_a_proof_that_was_touched_does_not_check(size, data):
    leaves = some(size)
    read, head = reader_of(leaves), root(size, reader_of(leaves))
    index = data.draw(st.integers(0, size - 1))
    proof = inclusion_proof(index, size, read)
    wrong = hash_of(b"another")
    assert not check_inclusion(wrong, index, size, proof, head)
    assert not check_inclusion(leaves[index], index, size, (*proof, wrong), head)
    older = data.draw(st.integers(1, size))
    way = consistency_proof(older, size, read)
    assert not check_consistency(older, size, way, wrong, head)
    assert not check_consistency(older, size, way, root(older, read), wrong)
    assert not check_consistency(older, size, (*way, wrong), root(older, read), head)
    if proof:
        place = data.draw(st.integers(0, len(proof) - 1))
        assert not check_inclusion(leaves[index], index, size, [*proof[:place], wrong, *proof[place + 1 :]], head)
        assert not check_inclusion(leaves[index], index, size, proof[:-1], head)
    if way:
        place = data.draw(st.integers(0, len(way) - 1))
        touched = [*way[:place], wrong, *way[place + 1 :]]
        assert not check_consistency(older, size, touched, root(older, read), head)
        assert not check_consistency(older, size, way[:-1], root(older, read), head)


@given(st.integers(0, 300))
def test_a_compact_range_grows_into_the_same_head_and_tells_each_perfect_node_once(size):
    leaves = some(size)
    read, grown = reader_of(leaves), CompactRange()
    told = {(level, number): found for leaf in leaves for level, number, found in grown.append(Hash(leaf))}
    assert grown.root == root(size, read)
    assert set(told) == {(level, number) for level in range(1, 10) for number in range(size >> level)}
    assert all(found == read(level, number) for (level, number), found in told.items())
    again = CompactRange((level, read(level, number)) for level, number in perfect_parts(0, size))
    assert (again.size, again.root) == (size, grown.root)


def test_questions_that_make_no_sense_have_no_proof():
    read = reader_of(some(4))
    for index, size in ((4, 4), (-1, 4), (0, 0)):
        with pytest.raises(ValueError, match="no proof"):
            inclusion_proof(index, size, read)
        assert not check_inclusion(hash_of(b""), index, size, (), EMPTY_ROOT)
    for older, newer in ((0, 4), (5, 4)):
        with pytest.raises(ValueError, match="goes on"):
            consistency_proof(older, newer, read)
    assert check_consistency(0, 4, (), EMPTY_ROOT, root(4, read))
    assert not check_consistency(5, 4, (root(4, read),), root(4, read), root(4, read))
    assert not check_consistency(2, 4, (), root(2, read), root(4, read))
