"""Providers of single sign-on, as django-allauth wants them."""

from collections.abc import Iterable
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from absah_site.config import SignOnTable


def sign_on_settings(providers: Iterable[SignOnTable], secrets: Path, /) -> dict[str, Any]:
    """`SOCIALACCOUNT_PROVIDERS`. The secret of a provider is the first line of `secrets/sign-on-ID.secret`."""
    return {
        "openid_connect": {
            "OAUTH_PKCE_ENABLED": True,
            "APPS": [
                {
                    "provider_id": one.id,
                    "name": one.name,
                    "client_id": one.client_id,
                    "secret": (secrets / f"sign-on-{one.id}.secret").read_text(encoding="utf-8").split("\n", 1)[0],
                    "settings": {"server_url": one.issuer},
                }
                for one in providers
            ],
        }
    }


def origin_of(address: str, /) -> str:
    """Scheme, host and port: where browsers may go from our sign-in page."""
    parts = urlsplit(address)
    return f"{parts.scheme}://{parts.netloc}"
