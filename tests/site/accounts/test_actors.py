"""Where an actor may do what: at agencies that grants name, everywhere, or at none."""

from uuid import UUID

import pytest

from absah_site.accounts.access import NotPermitted, authorise
from absah_site.actors import About, Account, Grant, Operator
from absah_site.roles import Permission, Role

HERE, THERE = str(UUID(int=1)), str(UUID(int=2))


def person(*grants: Grant) -> Account:
    return Account(public_id=UUID(int=7), username="ratna", display_name="Ratna", grants=frozenset(grants))


def test_a_role_at_an_agency_allows_there_and_nowhere_else() -> None:
    ratna = person(Grant(role=Role.VERIFIKATOR, agency=HERE), Grant(role=Role.SIGNER, agency=THERE))
    assert ratna.may(Permission.REQUEST_CHECK, HERE)
    assert not ratna.may(Permission.REQUEST_CHECK, THERE)
    assert ratna.agencies_where(Permission.REQUEST_CHECK, Permission.DOCUMENT_SIGN) == {HERE, THERE}
    assert ratna.agencies_where(Permission.REQUEST_DECIDE) == frozenset()
    assert ratna.own_agencies(Permission.REQUEST_CHECK) == (HERE,)
    assert ratna.held_at(Role.SIGNER) == {THERE}
    assert ratna.agencies_as(Role.SIGNER, Role.AUDITOR) == {THERE}
    assert ratna.agencies_as(Role.AUDITOR) == frozenset()


def test_a_role_held_everywhere_reaches_every_agency_but_names_none() -> None:
    ratna = person(Grant(role=Role.AGENCY_ADMIN))
    assert ratna.may(Permission.DOCUMENT_SEAL, THERE)
    assert ratna.agencies_where(Permission.DOCUMENT_SEAL) is None
    assert ratna.own_agencies(Permission.DOCUMENT_SEAL) == ()
    assert ratna.held_at(Role.AGENCY_ADMIN) == {""}
    assert ratna.agencies_as(Role.AGENCY_ADMIN) is None


def test_an_operator_of_the_machine_may_everything_and_is_no_party() -> None:
    operator = Operator()
    authorise(operator, Permission.ROLE_GRANT, About(owner=UUID(int=9), agency=HERE))
    assert operator.agencies_where(Permission.ROLE_GRANT) is None
    assert operator.held_at(Role.AGREEMENT_OFFICER) == frozenset()
    assert operator.agencies_as(Role.AUDITOR) is None


def test_what_has_an_owner_is_for_the_owner_alone() -> None:
    ratna = person(Grant(role=Role.SIGNER))
    authorise(ratna, Permission.DOCUMENT_SIGN, About(owner=ratna.public_id))
    with pytest.raises(NotPermitted):
        authorise(ratna, Permission.DOCUMENT_SIGN, About(owner=UUID(int=9)))
    with pytest.raises(NotPermitted):
        authorise(ratna, Permission.ROLE_GRANT, About(owner=ratna.public_id))
