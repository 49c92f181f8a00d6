"""The index of tabs after sign-in: which page each role finds there.

At most five of the first rank for one role; a person with several roles sees the sum.
"""

from dataclasses import dataclass
from typing import Final

from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from absah_site import composition
from absah_site.actors import Account
from absah_site.config import Role as InstanceRole
from absah_site.roles import Role


@dataclass(frozen=True, slots=True, kw_only=True)
class Tab:
    """A page of the index: its word, its drawing, its route, and the roles that see it (none named: everyone).

    `elsewhere`: only where certificates come from elsewhere, at an agency or where a national service is named.
    """

    label: Promise | str
    icon: str
    route: str
    roles: frozenset[Role] = frozenset()
    elsewhere: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Link:
    """A tab as a page shows it. `current` is for `aria-current`: this page itself, or one of its room; or empty."""

    label: Promise | str
    icon: str
    url: str
    current: str


TABS: Final = (
    Tab(label=_("My desk"), icon="home", route="pages:desk"),
    Tab(label=_("Inbox"), icon="inbox", route="dossiers:inbox", roles=frozenset({Role.SIGNER, Role.AGENCY_ADMIN})),
    Tab(label=_("Many at once"), icon="docs", route="desk:desk", roles=frozenset({Role.SIGNER})),
    Tab(
        label=_("My documents"),
        icon="doc",
        route="dossiers:sent",
        roles=frozenset({Role.SIGNER, Role.AGENCY_ADMIN, Role.AGREEMENT_OFFICER}),
    ),
    Tab(label=_("Archive"), icon="board", route="archive:archive", roles=frozenset({Role.AGENCY_ADMIN})),
    Tab(label=_("My certificate"), icon="cert", route="signing:mine", roles=frozenset({Role.SIGNER})),
    Tab(
        label=_("Registration"),
        icon="inbox",
        route="registration:queue",
        roles=frozenset({Role.VERIFIKATOR, Role.RA, Role.RA_COORDINATOR, Role.AGENCY_ADMIN}),
    ),
    Tab(
        label=_("People"),
        icon="users",
        route="registration:people",
        roles=frozenset({Role.VERIFIKATOR, Role.RA, Role.AGENCY_ADMIN}),
    ),
    Tab(
        label=_("Certificates elsewhere"),
        icon="cert",
        route="outside:list",
        roles=frozenset({Role.VERIFIKATOR, Role.AGENCY_ADMIN}),
        elsewhere=True,
    ),
    Tab(
        label=_("Open signatures"),
        icon="half",
        route="relay:list",
        roles=frozenset({Role.AGENCY_ADMIN}),
        elsewhere=True,
    ),
    Tab(
        label=_("National service"),
        icon="plug",
        route="national:connection",
        roles=frozenset({Role.AGENCY_ADMIN}),
        elsewhere=True,
    ),
    Tab(
        label=_("Agencies"),
        icon="board",
        route="registration:agencies",
        roles=frozenset({Role.CA, Role.AGENCY_ADMIN}),
    ),
    Tab(
        label=_("Authority"),
        icon="shield",
        route="oversight:overview",
        roles=frozenset({Role.RA, Role.CA, Role.OPERATOR, Role.AUDITOR}),
    ),
    Tab(
        label=_("Four eyes"),
        icon="users",
        route="oversight:proposals",
        roles=frozenset({Role.CA, Role.OPERATOR}),
    ),
    Tab(
        label=_("Jobs"),
        icon="clock",
        route="jobs:overview",
        roles=frozenset({Role.CA, Role.OPERATOR}),
    ),
    Tab(
        label=_("Policies"),
        icon="doc",
        route="repository:manage",
        roles=frozenset({Role.CA, Role.OPERATOR}),
    ),
    Tab(
        label=_("Seals"),
        icon="finger",
        route="seals:list",
        roles=frozenset({Role.AGENCY_ADMIN, Role.RA}),
    ),
    Tab(
        label=_("Applications"),
        icon="chart",
        route="applications:list",
        roles=frozenset({Role.AGENCY_ADMIN, Role.OPERATOR, Role.AUDITOR}),
    ),
    Tab(label=_("Webhooks"), icon="bell", route="receivers:list", roles=frozenset({Role.AGENCY_ADMIN})),
    Tab(label=_("Servers"), icon="plug", route="servers:mine", roles=frozenset({Role.AGENCY_ADMIN})),
    Tab(label=_("Servers"), icon="plug", route="servers:queue", roles=frozenset({Role.RA})),
    Tab(
        label=_("Policies received"),
        icon="doc",
        route="repository:received",
        roles=frozenset({Role.AGENCY_ADMIN, Role.AGREEMENT_OFFICER}),
    ),
    Tab(
        label=_("Agreements"),
        icon="board",
        route="agreements:portfolio",
        roles=frozenset({Role.AGREEMENT_OFFICER, Role.AUDITOR}),
    ),
    Tab(label=_("Personal data"), icon="lock", route="privacy:queue", roles=frozenset({Role.PRIVACY_OFFICER})),
    Tab(label=_("Ledger"), icon="history", route="ledger:explorer", roles=frozenset({Role.AUDITOR})),
    Tab(
        label=_("Checkpoints"),
        icon="half",
        route="ledger:checkpoints",
        roles=frozenset({Role.AGREEMENT_OFFICER, Role.AUDITOR}),
    ),
    Tab(label=_("Check a document"), icon="shield", route="validation:check"),
)


def links_for(account: Account, path: str, /) -> tuple[Link, ...]:
    """The index for a person who looks at the page with this path."""
    config = composition.config()
    elsewhere = config.role is InstanceRole.AGENCY or bool(config.upstream.base_url)
    shown = {
        reverse(tab.route): tab
        for tab in TABS
        if (elsewhere or not tab.elsewhere) and not (tab.roles and tab.roles.isdisjoint(account.roles))
    }
    room = max((url for url in shown if path.startswith(url)), key=len, default="")
    return tuple(
        Link(label=tab.label, icon=tab.icon, url=url, current="page" if path == url else "true" if url == room else "")
        for url, tab in shown.items()
    )
