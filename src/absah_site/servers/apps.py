"""Registers the app."""

from django.apps import AppConfig


class ServersConfig(AppConfig):
    """Certificates for servers, machines and applications."""

    name = "absah_site.servers"
    label = "servers"
    default_auto_field = "django.db.models.BigAutoField"
