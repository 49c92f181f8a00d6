"""Registers the app."""

from django.apps import AppConfig


class RegistrationConfig(AppConfig):
    """The pages of registration. It has no tables: those are enrolment's."""

    name = "absah_site.registration"
    label = "registration"
