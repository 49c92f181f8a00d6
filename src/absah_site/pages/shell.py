"""What every page shows around its content: whose instance this is, UJI COBA, who is signed in, the index."""

import re
from dataclasses import dataclass

from django.http import HttpRequest
from django.utils.functional import SimpleLazyObject

from absah import __version__
from absah.kernel.messages import Language
from absah_site import composition
from absah_site.accounts import access
from absah_site.actors import Account
from absah_site.branding.access import Logo, logos
from absah_site.guide.access import Guide, guide_for
from absah_site.language import current_language
from absah_site.notices.access import unread
from absah_site.pages.navigation import Link, links_for
from absah_site.roles import Permission


@dataclass(frozen=True, slots=True, kw_only=True)
class Shell:
    """The frame of a page."""

    name: str
    issuer_name: str
    trial: bool
    complaints: str
    complaints_dial: str
    version: str
    language: Language
    other_language: Language
    logos: dict[str, Logo]


@dataclass(frozen=True, slots=True, kw_only=True)
class Visitor:
    """Who looks at the page, if we know, and the index this person sees."""

    account: Account | None
    links: tuple[Link, ...]
    unread: int = 0
    guide: Guide | None = None

    @property
    def may_brand(self) -> bool:
        """Whether this person may change the logos."""
        return self.account is not None and self.account.may(Permission.BRANDING_CHANGE)


def _visitor(request: HttpRequest) -> Visitor:
    account = access.find_actor(request, now=composition.clock().now())
    if account is None:
        return Visitor(account=None, links=())
    return Visitor(
        account=account,
        links=links_for(account, request.path),
        unread=unread(account.reference),
        guide=guide_for(account),
    )


def shell(request: HttpRequest) -> dict[str, object]:
    """The context processor. The visitor is looked up only by pages that show one."""
    config = composition.config()
    language = current_language()
    digits = re.sub(r"[^0-9]", "", config.complaints)
    return {
        "shell": Shell(
            name=config.name,
            issuer_name=config.issuer_name,
            trial=config.trial,
            complaints=config.complaints,
            complaints_dial=f"+62{digits[1:]}" if digits.startswith("0") else digits,
            version=__version__,
            language=language,
            other_language=Language.INDONESIAN if language is Language.ENGLISH else Language.ENGLISH,
            logos=logos(),
        ),
        "visitor": SimpleLazyObject(lambda: _visitor(request)),
    }
