"""Who acts: a person with an account, or whoever runs a command on the machine itself."""

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

    def may(self, permission: Permission, agency: str | None = None, /) -> bool:
        """Whether a role held allows this: anywhere (None), or at one agency."""
        return any(
            permission in GRANTS[grant.role] and (agency is None or grant.agency in {"", agency})
            for grant in self.grants
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Operator:
    """Whoever may run commands on the machine that holds the instance. The operating system has checked them."""

    name: str = "cli"

    @property
    def reference(self) -> str:
        """How the ledger names this operator."""
        return f"system:{self.name}"


Actor: TypeAlias = Account | Operator


@dataclass(frozen=True, slots=True, kw_only=True)
class About:
    """What an action is about, as far as permission asks: whose it is, and at which agency. None: does not matter."""

    owner: UUID | None = None
    agency: str | None = None


ANYTHING = About()
