"""Addresses of the ledger."""

from django.urls import path

from absah_site.audit import views

app_name = "audit"
urlpatterns = [path("rekam-jejak/", views.ledger, name="ledger")]
