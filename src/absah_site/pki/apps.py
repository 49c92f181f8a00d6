"""Registers the app."""

from django.apps import AppConfig


class PkiConfig(AppConfig):
    """The register of certificates, CRLs, and what is published."""

    name = "absah_site.pki"
    label = "pki"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from absah_site.pki.actions.jobs import register_jobs  # noqa: PLC0415  (tables are there only now)

        register_jobs()
