"""Certificates in two exchanges: prepared while the caller commits, signed when it says so, or never."""

from dataclasses import replace
from datetime import timedelta

import pytest
from tests.fixtures_pki import PERSON_NAME, new_key
from tests.fixtures_signer import CA, House, enrol_services, order_for

from absah.adapters.signer import issuing_desk
from absah.adapters.signer.errors import CredentialSuspended, IssuerForeign, PreparationUnknown, SignerBusy
from absah.kernel.rng import Serial
from absah.pki.algorithms import public_key_of
from absah.pki.certificates import load_certificate
from absah.pki.issuance import CertificateOrder, SerialRefused
from absah.signing.ports import CredentialState


@pytest.fixture
def staffed(house: House) -> House:
    enrol_services(house)
    return house


def orders(house: House, count: int = 3) -> tuple[CertificateOrder, ...]:
    issuer, now = house.certificate(CA), house.clock.now()
    return tuple(
        order_for("individual-signer", PERSON_NAME, public_key_of(new_key()), issuer, now) for _ in range(count)
    )


def ends(house: House, count: int) -> list[str | None]:
    """How the last uses of keys ended; None of those that are open."""
    return [row[-1] for row in house.journal()[-count:]]


def test_nothing_is_signed_before_the_word_and_each_has_its_line_in_the_journal(staffed: House) -> None:
    wanted, desk = orders(staffed), staffed.service.issuing
    token = desk.begin(CA, wanted)
    assert [row[:3] for row in staffed.journal()[-3:]] == [
        (CA, "issue-certificate", f"{one.serial:x}") for one in wanted
    ]
    assert ends(staffed, 3) == [None] * 3

    issued = desk.finish(token)

    assert [load_certificate(one).serial_number for one in issued] == [one.serial for one in wanted]
    assert ends(staffed, 3) == ["done"] * 3
    for again in (desk.finish, desk.withdraw):
        with pytest.raises(PreparationUnknown):
            again(token)


def test_where_one_is_refused_none_is_prepared(staffed: House) -> None:
    first, second, third = orders(staffed)
    before = staffed.journal()
    with pytest.raises(SerialRefused):
        staffed.service.issuing.begin(CA, (first, second, replace(third, serial=Serial(7))))
    with pytest.raises(IssuerForeign):
        staffed.service.issuing.begin(CA, (first, replace(second, issuer=None)))
    assert staffed.journal() == before


def test_what_was_withdrawn_is_never_signed_and_the_journal_says_so(staffed: House) -> None:
    token = staffed.service.issuing.begin(CA, orders(staffed, 2))
    staffed.service.issuing.withdraw(token)
    assert ends(staffed, 2) == ["withdrawn"] * 2
    with pytest.raises(PreparationUnknown):
        staffed.service.issuing.finish(token)


def test_what_nobody_comes_back_for_is_withdrawn_after_a_minute(staffed: House) -> None:
    token = staffed.service.issuing.begin(CA, orders(staffed, 1))
    staffed.clock.advance(timedelta(seconds=59))
    staffed.service.drop_expired()
    assert ends(staffed, 1) == [None]
    staffed.clock.advance(timedelta(seconds=2))
    staffed.service.drop_expired()
    assert ends(staffed, 1) == ["withdrawn"]
    with pytest.raises(PreparationUnknown):
        staffed.service.issuing.finish(token)


def test_an_authority_that_was_suspended_meanwhile_signs_nothing_that_was_prepared_before(staffed: House) -> None:
    token = staffed.service.issuing.begin(CA, orders(staffed, 1))
    staffed.service.credentials.change_state(CA, CredentialState.SUSPENDED)
    with pytest.raises(CredentialSuspended):
        staffed.service.issuing.finish(token)
    assert ends(staffed, 2) == ["withdrawn", "done"]  # the second is the suspension


def test_only_so_many_certificates_wait_at_a_time(staffed: House, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(issuing_desk, "_MOST", 2)
    desk = staffed.service.issuing
    waiting = desk.begin(CA, orders(staffed, 2))
    with pytest.raises(SignerBusy):
        desk.begin(CA, orders(staffed, 1))
    desk.withdraw(waiting)
    assert desk.begin(CA, orders(staffed, 1))
