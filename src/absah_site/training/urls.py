"""Addresses of attendance: the screen of the room for organisers, and the pages of participants."""

from django.urls import path

from absah_site.training import views

app_name = "training"
urlpatterns = [
    path("perjanjian/<uuid:identifier>/kasus/<uuid:case>/hadir/", views.room, name="room"),
    path("hadir/<uuid:event>/<str:ticket>/", views.attend, name="attend"),
    path("hadir/<uuid:event>/saya/<str:link>/", views.mine, name="mine"),
    path("hadir/<uuid:event>/saya/<str:link>/tes/<slug:end>/", views.quiz, name="quiz"),
    path("hadir/<uuid:event>/saya/<str:link>/sertifikat.pdf", views.certificate, name="certificate"),
]
