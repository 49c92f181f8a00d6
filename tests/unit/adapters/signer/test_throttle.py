"""Wrong attempts: five are free, then waiting, longer and longer, per application, across restarts."""

from datetime import timedelta

import pytest
from tests.fixtures_signer import PERSON, RIGHT, WRONG, digest_of

from absah.adapters.key_vault import SoftwareVault
from absah.adapters.sealing import SealUnreadable
from absah.adapters.signer.errors import MustWait, SignerBusy, WrongPassphrase
from absah.adapters.signer.throttle import EVERYWHERE_LIMIT, waiting_seconds
from absah.signing.factors import Secret
from absah.signing.ports import CredentialId

DIGEST = digest_of("a document")


def guess_wrong(house, times, application="portal"):
    left = []
    for _ in range(times):
        with pytest.raises(WrongPassphrase) as refused:
            house.authorise(DIGEST, passphrase=WRONG, application=application)
        left.append(refused.value.parameters["left"])
    return left


@pytest.mark.parametrize(
    ("wrong", "seconds"), [(0, 0), (4, 0), (5, 30), (6, 60), (7, 120), (9, 480), (10, 900), (11, 900), (10_000, 900)]
)
def test_the_wait_doubles_up_to_a_quarter_of_an_hour(wrong, seconds):
    assert waiting_seconds(wrong) == seconds


def test_after_five_wrong_ones_even_the_right_one_waits(house):
    assert guess_wrong(house, 5) == [4, 3, 2, 1, 0]
    with pytest.raises(MustWait) as refused:
        house.authorise(DIGEST)
    assert refused.value.parameters == {"seconds": 30}
    house.clock.advance(timedelta(seconds=29))
    with pytest.raises(MustWait):
        house.authorise(DIGEST)
    house.clock.advance(timedelta(seconds=1))
    assert house.authorise(DIGEST).digests == {DIGEST}


def test_the_sixth_wrong_one_waits_twice_as_long(house):
    guess_wrong(house, 5)
    house.clock.advance(timedelta(seconds=30))
    guess_wrong(house, 1)
    with pytest.raises(MustWait) as refused:
        house.authorise(DIGEST)
    assert refused.value.parameters == {"seconds": 60}


def test_asking_while_waiting_does_not_make_it_longer(house):
    guess_wrong(house, 5)
    for _ in range(10):
        with pytest.raises(MustWait):
            house.authorise(DIGEST, passphrase=WRONG)
    house.clock.advance(timedelta(seconds=30))
    house.authorise(DIGEST)


def test_the_right_one_ends_the_row(house):
    guess_wrong(house, 4)
    house.authorise(DIGEST)
    assert guess_wrong(house, 5) == [4, 3, 2, 1, 0]


def test_another_application_need_not_wait(house):
    guess_wrong(house, 5, application="stranger")
    house.authorise(DIGEST, application="portal")


def test_one_application_alone_never_locks_a_person_out_of_the_others(house):
    for _ in range(EVERYWHERE_LIMIT + 1):
        guess_wrong(house, 1, application="program with an outdated passphrase")
        house.clock.advance(timedelta(minutes=15))
    assert house.authorise(DIGEST, application="portal").digests == {DIGEST}


def test_a_restart_forgets_no_wrong_attempt(house, open_house):
    guess_wrong(house, 5)
    with pytest.raises(MustWait):
        open_house().authorise(DIGEST)


def test_an_attempt_is_on_disk_before_the_passphrase_is_derived(house, monkeypatch):
    seen = []

    def peek(self, *_):
        with house.custody.store.transaction() as transaction:
            seen.append(transaction.wrong_attempts("portal", PERSON).wrong)
        raise SealUnreadable

    monkeypatch.setattr(SoftwareVault, "open", peek)
    with pytest.raises(SealUnreadable):
        house.authorise(DIGEST)
    assert seen == [1]


def test_a_fault_of_ours_is_no_attempt_of_theirs(house, monkeypatch):
    guess_wrong(house, 3)
    with monkeypatch.context() as patch:

        def fail(self, *_):
            raise SealUnreadable

        patch.setattr(SoftwareVault, "open", fail)
        with pytest.raises(SealUnreadable):
            house.authorise(DIGEST)
    assert guess_wrong(house, 1) == [1]


def test_a_wrong_guess_at_a_kept_key_counts_like_any_other(house):
    house.authorise(DIGEST)
    assert guess_wrong(house, 2) == [4, 3]


def test_a_clock_turned_back_locks_nobody_out_for_years(house):
    guess_wrong(house, 5)
    house.clock.advance(timedelta(days=-1))
    house.clock.advance(timedelta(days=-1))
    with pytest.raises(MustWait) as refused, house.custody.store.reading() as transaction:
        house.custody.throttle.check(transaction, "portal", PERSON)
    assert refused.value.parameters == {"seconds": 30}


def test_changing_the_passphrase_counts_guesses_too(house):
    for _ in range(5):
        with pytest.raises(WrongPassphrase):
            house.service.credentials.change_passphrase(PERSON, WRONG, Secret("baru sekali"))
    with pytest.raises(MustWait):
        house.service.credentials.change_passphrase(PERSON, RIGHT, Secret("baru sekali"))


def test_a_turn_that_does_not_come_is_answered_busy(house, monkeypatch):
    monkeypatch.setattr("absah.adapters.signer.throttle._PATIENCE_SECONDS", 0.01)
    turn = house.custody.throttle.turn
    with turn("portal", CredentialId("x")), pytest.raises(SignerBusy), turn("portal", CredentialId("x")):
        pytest.fail("two turns at once")


def test_more_derivations_than_places_are_answered_busy_and_cost_no_attempt(house):
    pool = house.custody.pool
    taken = [pool.place() for _ in range(32)]
    for place in taken:
        place.__enter__()
    with pytest.raises(SignerBusy):
        house.authorise(DIGEST, passphrase=WRONG)
    for place in taken:
        place.__exit__(None, None, None)
    assert guess_wrong(house, 1) == [4]


def test_ever_new_names_of_applications_do_not_give_ever_new_attempts(house):
    """Whoever asks says which application it is: all of them together have a limit per hour too."""
    for number in range(EVERYWHERE_LIMIT // 4):
        guess_wrong(house, 4, application=f"made-up-{number}")
    with pytest.raises(MustWait):
        house.authorise(DIGEST, application="portal")
    house.clock.advance(timedelta(hours=1, seconds=1))
    house.authorise(DIGEST, application="portal")
