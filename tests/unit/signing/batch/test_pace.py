"""How much a batch takes on at once."""

from absah.signing.batch.pace import PER_ACTIVATION, PER_CODE, activation_size, most_ahead
from absah.signing.factors import Factors, Secret


def test_a_one_time_code_covers_more_because_it_opens_the_key_once() -> None:
    assert activation_size(Factors(passphrase=Secret("x"))) == PER_ACTIVATION
    assert activation_size(Factors(passphrase=Secret("x"), totp="123456")) == PER_CODE


def test_more_is_prepared_than_one_authorisation_covers_unless_there_is_but_one() -> None:
    assert most_ahead(Factors(passphrase=Secret("x"))) > activation_size(Factors(passphrase=Secret("x")))
    assert most_ahead(Factors(totp="123456")) == activation_size(Factors(totp="123456"))
