"""Registers the app."""

from django.apps import AppConfig


class GuideConfig(AppConfig):
    """First steps in a demonstration."""

    name = "absah_site.guide"
    label = "guide"
