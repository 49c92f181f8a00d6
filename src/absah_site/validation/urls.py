"""Addresses of the verification page."""

from django.urls import path
from django.views.generic import RedirectView

from absah_site.validation import views

app_name = "validation"
urlpatterns = [
    path("periksa/", views.check, name="check"),
    path("verify/", RedirectView.as_view(pattern_name="validation:check")),
]
