"""Any m of n put a secret together, fewer learn nothing, and a slip of the pen is found."""

import pickle
from itertools import combinations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from absah.kernel.rng import SystemRng, UnsafeSeededRng
from absah.pki.secret_sharing import Share, SharesRefused, ShareUnreadable, combine, parse_share, split

SECRET = bytes(range(32))


def shares(needed=3, total=5, secret=SECRET):
    return split(secret, needed=needed, total=total, rng=SystemRng())


@pytest.mark.parametrize(("needed", "total"), [(1, 1), (1, 3), (2, 3), (3, 5), (5, 5)])
def test_every_choice_of_enough_people_puts_the_secret_together(needed, total):
    made = shares(needed, total)
    for chosen in combinations(made, needed):
        assert combine(chosen) == SECRET
        assert combine(reversed(chosen)) == SECRET
    assert combine(made) == SECRET


def test_fewer_shares_fit_every_secret():
    """With one share missing, each byte of the secret can still be anything: 256 last shares give 256 secrets."""
    first, second, third = split(b"\x5a", needed=3, total=3, rng=SystemRng())
    fitting = {
        bytes(combine([first, second, Share(set_id=third.set_id, needed=3, total=3, number=3, value=bytes((guess,)))]))
        for guess in range(256)
    }
    assert len(fitting) == 256


def test_a_published_vector_of_the_field_holds():
    """FIPS 197 §4.2.1: {57} · {02} = {ae}, so {57} · {03} = {57} ^ {ae}: the value at 3 of a line with that slope."""

    class Slope:
        def token(self, size):
            return bytes((0x57,)) if size == 1 else bytes(size)

    made = split(b"\x00", needed=2, total=16, rng=Slope())
    assert made[2].value == bytes((0x57 ^ 0xAE,))


@given(st.binary(min_size=1, max_size=64), st.integers(1, 6), st.integers(0, 5))
def test_what_was_split_is_put_together(secret, needed, more):
    made = split(secret, needed=needed, total=needed + more, rng=UnsafeSeededRng(seed=secret))
    assert combine(made[more:]) == secret


def test_too_few_none_or_mixed_shares_are_refused():
    mine, others = shares(), shares()
    for chosen, problem in (([], "none"), (mine[:2], "too-few"), ([*mine[:2], others[2]], "different-sets")):
        with pytest.raises(SharesRefused) as refusal:
            combine(chosen)
        assert refusal.value.parameters["problem"] == problem
    with pytest.raises(SharesRefused):
        combine([mine[0], mine[0], mine[0]])


@pytest.mark.parametrize(("needed", "total", "size"), [(0, 3, 8), (4, 3, 8), (2, 17, 8), (2, 3, 0), (2, 3, 65)])
def test_a_quorum_that_cannot_be_is_refused(needed, total, size):
    with pytest.raises(SharesRefused):
        split(bytes(size), needed=needed, total=total, rng=SystemRng())


def test_a_share_is_read_however_it_was_typed():
    (share, *_) = shares()
    spelled = share.spelled()
    assert parse_share(spelled) == share
    assert parse_share(spelled.lower().replace("-", " ") + "\n") == share


def test_each_wrong_sign_is_found():
    spelled = shares()[0].spelled()
    for place, sign in enumerate(spelled):
        if sign != "-":
            wrong = spelled[:place] + ("A" if sign != "A" else "B") + spelled[place + 1 :]
            try:
                assert parse_share(wrong) == parse_share(spelled)  # the last sign has bits that say nothing
            except ShareUnreadable:
                continue
            assert place == len(spelled) - 1


@given(st.text(max_size=120))
def test_any_text_is_a_share_or_is_refused(text):
    with pytest.raises(ShareUnreadable):
        parse_share(text)


@pytest.mark.parametrize("quorum", [(0, 3, 1), (4, 3, 1), (2, 17, 1), (2, 3, 0), (2, 3, 4)])
def test_a_share_with_an_impossible_quorum_is_refused(quorum):
    needed, total, number = quorum
    share = Share(set_id=b"1234", needed=needed, total=total, number=number, value=SECRET)
    with pytest.raises(ShareUnreadable):
        parse_share(share.spelled())


def test_a_share_hides_itself():
    (share, *_) = shares()
    assert share.spelled() not in repr(share)
    assert share.value.hex() not in repr(share)
    with pytest.raises(TypeError):
        pickle.dumps(share)
