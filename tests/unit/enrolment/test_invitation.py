"""A link: 256 bits, one purpose, once, for a day."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from absah.enrolment.invitation import (
    InvitationExpired,
    InvitationToken,
    InvitationUnknown,
    InvitationUsed,
    Purpose,
    check_invitation,
    draw_invitation,
)
from absah.kernel.clock import instant
from absah.kernel.rng import UnsafeSeededRng

NOW = instant(datetime(2026, 11, 20, 7, tzinfo=UTC))


def drawn():
    return draw_invitation(Purpose.ACTIVATE, UnsafeSeededRng(b"links"), now=NOW)


def test_the_register_keeps_the_hash_and_the_link_holds_the_secret() -> None:
    token, invitation = drawn()
    assert len(token.secret) * 8 == 256
    assert invitation.digest == token.digest
    assert token.secret not in invitation.digest
    assert InvitationToken.parse(token.text) == token
    assert token.text not in repr(token) + repr(invitation)


@pytest.mark.parametrize("written", ["", "abc", "!" * 43, "A" * 42, "A" * 44, "é" * 43])
def test_what_is_no_token_is_an_unknown_link(written: str) -> None:
    with pytest.raises(InvitationUnknown):
        InvitationToken.parse(written)


def test_a_link_opens_its_own_door_once_within_a_day() -> None:
    _, invitation = drawn()
    last = instant(NOW + timedelta(hours=24) - timedelta(seconds=1))
    check_invitation(invitation, Purpose.ACTIVATE, now=last)
    with pytest.raises(InvitationExpired):
        check_invitation(invitation, Purpose.ACTIVATE, now=instant(NOW + timedelta(hours=24)))
    with pytest.raises(InvitationUnknown):
        check_invitation(invitation, Purpose.COMPLETE_IDENTITY, now=NOW)
    with pytest.raises(InvitationUsed):
        check_invitation(replace(invitation, used_at=NOW), Purpose.ACTIVATE, now=NOW)
