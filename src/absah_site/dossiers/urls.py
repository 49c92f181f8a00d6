"""Addresses of dossiers: the inbox, what was sent, each document."""

from django.urls import path

from absah_site.dossiers.views import following, inbox, pictures, placing, preparing, public

app_name = "dossiers"
urlpatterns = [
    path("d/<uuid:identifier>/", public.by_code, name="public"),
    path("d/<uuid:identifier>/naskah.pdf", public.file, name="public-file"),
    path("kotak-masuk/", inbox.inbox, name="inbox"),
    path("kotak-masuk/riwayat/", inbox.history, name="dealt"),
    path("kotak-masuk/<uuid:identifier>/", inbox.read, name="read"),
    path("kotak-masuk/<uuid:identifier>/setuju/", inbox.begin, name="begin"),
    path("kotak-masuk/<uuid:identifier>/tanda-tangan/", inbox.sign, name="sign"),
    path("kotak-masuk/<uuid:identifier>/tanda-tangan/kode/", inbox.code, name="code"),
    path("kotak-masuk/<uuid:identifier>/tanda-tangan/kunci-sandi/", inbox.question, name="question"),
    path("kotak-masuk/<uuid:identifier>/selesai/", inbox.done, name="done"),
    path("kotak-masuk/<uuid:identifier>/tolak/", inbox.answer, {"how": "decline"}, name="decline"),
    path("kotak-masuk/<uuid:identifier>/kembalikan/", inbox.answer, {"how": "send-back"}, name="send-back"),
    path("kotak-masuk/<uuid:identifier>/alihkan/", inbox.forward, name="forward"),
    path("naskah/", following.sent, name="sent"),
    path("naskah/angka/", following.figures, name="figures"),
    path("naskah/baru/", preparing.new, name="new"),
    path("naskah/<uuid:identifier>/", following.overview, name="overview"),
    path("naskah/<uuid:identifier>/perihal/", preparing.about, name="about"),
    path("naskah/<uuid:identifier>/penanda-tangan/", preparing.seats, name="people"),
    path("naskah/<uuid:identifier>/letak/", placing.place, name="places"),
    path("naskah/<uuid:identifier>/kirim/", preparing.send, name="send"),
    path("naskah/<uuid:identifier>/ganti/", preparing.replace_document, name="replace"),
    path("naskah/<uuid:identifier>/jejak.pdf", following.trail, name="trail"),
    path("naskah/<uuid:identifier>/ingatkan/", following.remind, name="remind"),
    path("naskah/<uuid:identifier>/tarik/", following.cancel, name="cancel"),
    path("naskah/<uuid:identifier>/halaman/<int:number>-<slug:side>.webp", pictures.picture, name="picture"),
    path("naskah/<uuid:identifier>/periksa/", pictures.check, name="check"),
    path("naskah/<uuid:identifier>/berkas/<slug:sha256>/", pictures.fetch, name="fetch"),
]
