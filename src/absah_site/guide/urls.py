"""Addresses of the first steps."""

from django.urls import path

from absah_site.guide import views

app_name = "guide"
urlpatterns = [
    path("langkah-pertama/", views.first_steps, name="first-steps"),
    path("langkah-pertama/sembunyikan/", views.put_away, name="put-away"),
    path("langkah-pertama/<uuid:identifier>/periksa/", views.check, name="check"),
    path("langkah-pertama/<uuid:identifier>/palsukan/", views.forge, name="forge"),
]
