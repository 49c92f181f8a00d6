"""What the register knows of holds reaches the verifier: no list tells of a hold that was lifted."""

from datetime import timedelta

import pytest
from tests.fixtures_instance import Walk, bare_instance, instance, office, walk

from absah.validation.material import Suspension
from absah_site.actors import Operator
from absah_site.pki import access as register
from absah_site.pki import actions as pki
from absah_site.validation.access import verification_context

__all__ = ["bare_instance", "instance", "office", "walk"]

pytestmark = pytest.mark.django_db
BY = Operator(name="test")


def test_a_hold_that_was_lifted_is_known_to_the_verifier(walk: Walk) -> None:
    serial, clock = walk.activated().serial, walk.instance.clock
    assert verification_context(clock.now()).suspensions == ()
    pki.suspend_certificate(serial, by=BY)
    began = clock.now()
    clock.advance(timedelta(hours=3))
    pki.reinstate_certificate(serial, by=BY)
    fingerprint = bytes.fromhex(register.certificate(serial).fingerprint)
    assert verification_context(clock.now()).suspensions == (
        Suspension(certificate=fingerprint, since=began, until=clock.now()),
    )
