"""Addresses of the ledger."""

from django.urls import path

from absah_site.ledger import views

app_name = "ledger"
urlpatterns = [
    path("rekam-jejak/", views.explorer, name="explorer"),
    path("rekam-jejak/saya/", views.mine, name="mine"),
    path("rekam-jejak/tentang-siapa/", views.whose, name="whose"),
    path("rekam-jejak/<int:number>/", views.row, name="row"),
    path("rekam-jejak/<int:number>/bukti.json", views.proof_file, name="proof"),
    path("rekam-jejak/titik/", views.checkpoints, name="checkpoints"),
    path("rekam-jejak/titik/kepala/", views.sign_now, name="sign-now"),
    path("rekam-jejak/titik/unduh.json", views.own_checkpoint, name="own-checkpoint"),
    path("rekam-jejak/titik/<uuid:public_id>/unduh/", views.checkpoint_for, name="checkpoint-for"),
    path("rekam-jejak/titik/<uuid:public_id>/", views.counterpart, name="counterpart"),
    path("rekam-jejak/titik/<uuid:public_id>/jalan/", views.ways, name="ways"),
    path("rekam-jejak/titik/<uuid:public_id>/kunci/", views.new_key, name="new-key"),
    path("rekam-jejak/titik/<uuid:public_id>/diterima/", views.confirmed, name="confirmed"),
    path("rekam-jejak/titik/<uuid:public_id>/<int:size>.json", views.kept_checkpoint, name="kept"),
    path("rekam-jejak/dokumen/<str:sha256>.json", views.document_proof, name="document-proof"),
    path("rekam-jejak/terima/", views.receive, name="receive"),
    path("rekam-jejak/offline_verifier.py", views.offline_verifier, name="offline-verifier"),
]
