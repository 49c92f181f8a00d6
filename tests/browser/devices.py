"""Devices that keep passkeys, played by Chromium (CDP), and the instance under a name that passkeys can belong to."""

from collections.abc import Iterator
from dataclasses import replace

import pytest
from playwright.sync_api import CDPSession

from tests.browser.room import Room, Tab


@pytest.fixture
def named_room(room: Room) -> Iterator[Room]:
    """The same instance under its name."""
    instance = replace(room.instance, url=room.instance.url.replace("127.0.0.1", "localhost"))
    named = Room(browser=room.browser, instance=instance, pictures=room.pictures)
    yield named
    named.leave()
    room.instance.prepare("from allauth.mfa.models import Authenticator; Authenticator.objects.all().delete()")


def give_authenticator(tab: Tab) -> tuple[CDPSession, str]:
    """Plug in a device that keeps passkeys and knows its owner's finger."""
    device = tab.page.context.new_cdp_session(tab.page)
    device.send("WebAuthn.enable")
    options = {
        "protocol": "ctap2",
        "transport": "internal",
        "hasResidentKey": True,
        "hasUserVerification": True,
        "isUserVerified": True,
        "automaticPresenceSimulation": True,
    }
    made = device.send("WebAuthn.addVirtualAuthenticator", {"options": options})
    return device, made["authenticatorId"]


def sign_in(tab: Tab, user: str) -> None:
    """Through the door with the password."""
    tab.page.locator("[name=username]").fill(user)
    tab.page.locator("[name=password]").fill(tab.room.instance.password_of(user))
    tab.page.locator("main [data-door] button").click()
