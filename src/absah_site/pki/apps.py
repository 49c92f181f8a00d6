"""Registers the app."""

from django.apps import AppConfig


class PkiConfig(AppConfig):
    """The register of certificates, CRLs, and what is published."""

    name = "absah_site.pki"
    label = "pki"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from absah_site.pki.actions.jobs import register_jobs

        register_jobs()
