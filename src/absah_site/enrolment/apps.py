"""Registers the app."""

from django.apps import AppConfig


class EnrolmentConfig(AppConfig):
    """Agencies, applicants and the steps to a certificate."""

    name = "absah_site.enrolment"
    label = "enrolment"
    default_auto_field = "django.db.models.BigAutoField"
