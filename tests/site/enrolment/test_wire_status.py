"""The door through which applications ask for the status of a person."""

import pytest
from tests.fixtures_instance import NIK, Instance, Walk, applicant_value

from absah.enrolment.applicant import EmailAddress
from absah.enrolment.subscriber import SubscriberUnknown
from absah.enrolment.wire_status import WireStatus
from absah.kernel.people import Nik
from absah_site.enrolment import access
from absah_site.enrolment import actions as enrolment
from absah_site.pki import actions as pki


def word(instance: Instance) -> WireStatus:
    return access.wire_status_of(access.subscriber_with_nik(Nik(NIK)), now=instance.clock.now())


def test_the_word_follows_a_person_from_entry_to_revocation(walk: Walk) -> None:
    walk.entered()
    assert word(walk.instance) is WireStatus.WAITING_FOR_VERIFICATION
    enrolment.cancel_request(walk.request, by=walk.office.entering)
    assert word(walk.instance) is WireStatus.NO_CERTIFICATE
    activated = walk.activated()
    assert word(walk.instance) is WireStatus.ISSUE
    pki.suspend_certificate(activated.serial, by=walk.office.verifying)
    assert word(walk.instance) is WireStatus.SUSPEND
    pki.reinstate_certificate(activated.serial, by=walk.office.verifying)
    assert word(walk.instance) is WireStatus.ISSUE
    walk.instance.clock.moment = access_end(activated.serial)
    assert word(walk.instance) is WireStatus.EXPIRED


def access_end(serial: str):
    from datetime import timedelta

    from absah.kernel.clock import instant
    from absah_site.pki import access as register

    return instant(register.certificate(serial).not_after + timedelta(seconds=1))


def test_a_person_is_found_by_address_however_it_is_written_and_two_are_nobody(walk: Walk) -> None:
    walk.entered()
    written = EmailAddress.parse("Rina.Lestari@SagaraBiru.example")
    assert access.subscriber_with_email(written) == access.subscriber_with_nik(Nik(NIK))
    enrolment.enter_applicant(
        applicant_value(nik=Nik("9999014107900002")), agency=walk.office.agency, by=walk.office.entering
    )
    with pytest.raises(SubscriberUnknown):
        access.subscriber_with_email(written)
