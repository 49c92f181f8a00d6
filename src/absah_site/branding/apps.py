"""Registers the app."""

from django.apps import AppConfig


class BrandingConfig(AppConfig):
    """Logos on every page."""

    name = "absah_site.branding"
    label = "branding"
