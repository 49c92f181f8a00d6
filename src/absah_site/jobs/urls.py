"""Addresses of the page of jobs."""

from django.urls import path

from absah_site.jobs import views

app_name = "jobs"
urlpatterns = [
    path("pekerjaan/", views.overview, name="overview"),
    path("pekerjaan/<uuid:public_id>/ulangi/", views.retry, name="retry"),
]
