"""Who acts: a person with an account, or whoever runs a command on the machine itself; and where each may do what.

Only this module reads what a grant allows. An action asks `accounts.access.authorise`, which refuses; what shows things
asks the actor: `may`, or which agencies there are to show.
"""

from dataclasses import dataclass
from typing import TypeAlias
from uuid import UUID

from absah_site.roles import GRANTS, Permission, Role


@dataclass(frozen=True, slots=True, kw_only=True)
class Grant:
    """A role that a person holds now: at one agency (its opaque id), or everywhere (empty)."""

    role: Role
    agency: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Account:
    """A person who can sign in, with the roles held at the moment of reading. `public_id` says nothing about them."""

    public_id: UUID
    username: str
    display_name: str
    grants: frozenset[Grant]

    @property
    def reference(self) -> str:
        """How the ledger names this person."""
        return f"user:{self.public_id}"

    @property
    def roles(self) -> frozenset[Role]:
        """The roles held, wherever."""
        return frozenset(grant.role for grant in self.grants)

    def held_at(self, role: Role, /) -> frozenset[str]:
        """Where a role is held, as it stands in the grants: agencies, and "" for everywhere."""
        return frozenset(grant.agency for grant in self.grants if grant.role is role)

    def may(self, permission: Permission, agency: str | None = None, /) -> bool:
        """Whether a role held allows this: anywhere (None), or at one agency."""
        return any(
            permission in GRANTS[grant.role] and (agency is None or grant.agency in {"", agency})
            for grant in self.grants
        )

    def agencies_where(self, *permissions: Permission) -> frozenset[str] | None:
        """The agencies at which a role held allows one of these; None: every agency."""
        found = frozenset(grant.agency for grant in self.grants if not GRANTS[grant.role].isdisjoint(permissions))
        return None if "" in found else found

    def agencies_as(self, *roles: Role) -> frozenset[str] | None:
        """The agencies at which one of these roles is held; None: every agency."""
        found = frozenset(grant.agency for grant in self.grants if grant.role in roles)
        return None if "" in found else found

    def own_agencies(self, permission: Permission, /) -> tuple[str, ...]:
        """The agencies that a role of this person names and where this is allowed, in a fixed order."""
        named = {grant.agency for grant in self.grants if grant.agency}
        return tuple(sorted(agency for agency in named if self.may(permission, agency)))

    def stands_for(self, owner: UUID, /) -> bool:
        """Whether what this person owns is the actor's: for the own account alone."""
        return owner == self.public_id


@dataclass(frozen=True, slots=True, kw_only=True)
class Operator:
    """Whoever may run commands on the machine that holds the instance. The operating system has checked them."""

    name: str = "cli"

    @property
    def reference(self) -> str:
        """How the ledger names this operator."""
        return f"system:{self.name}"

    def held_at(self, _role: Role, /) -> frozenset[str]:
        """An operator holds no role, and so is no party to anything."""
        return frozenset()

    def may(self, _permission: Permission, _agency: str | None = None, /) -> bool:
        """An operator may do everything."""
        return True

    def agencies_where(self, *_permissions: Permission) -> frozenset[str] | None:
        """An operator may do it at every agency."""
        return None

    def agencies_as(self, *_roles: Role) -> frozenset[str] | None:
        """An operator sees what any of them sees."""
        return None

    def stands_for(self, _owner: UUID, /) -> bool:
        """An operator stands for everybody."""
        return True


Actor: TypeAlias = Account | Operator


@dataclass(frozen=True, slots=True, kw_only=True)
class About:
    """What an action is about, as far as permission asks: whose it is, and at which agency. None: does not matter."""

    owner: UUID | None = None
    agency: str | None = None


ANYTHING = About()
