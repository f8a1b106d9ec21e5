"""A signed-in page as Django's own tutorial would write it: sessions, auth, four ORM queries, one template; on SQLite.

`django_page.py prepare FOLDER PAGE` fills a database, takes the text of PAGE to make its own as large, and prints a
session key; gunicorn serves `django_page:application` with the folder in BENCH_FOLDER.
"""

import json
import os
import re
import sys
from pathlib import Path

import django
from django.conf import settings

FOLDER = Path(os.environ.get("BENCH_FOLDER") or sys.argv[2])

settings.configure(
    SECRET_KEY="only for the bench " * 3,
    ALLOWED_HOSTS=["localhost"],
    ROOT_URLCONF=__name__,
    DATABASES={"default": {"ENGINE": "django.db.backends.sqlite3", "NAME": FOLDER / "django.db"}},
    INSTALLED_APPS=["django.contrib.auth", "django.contrib.contenttypes", "django.contrib.sessions"],
    MIDDLEWARE=[
        "django.middleware.security.SecurityMiddleware",
        "django.contrib.sessions.middleware.SessionMiddleware",
        "django.middleware.locale.LocaleMiddleware",
        "django.middleware.common.CommonMiddleware",
        "django.middleware.csrf.CsrfViewMiddleware",
        "django.contrib.auth.middleware.AuthenticationMiddleware",
        "django.middleware.clickjacking.XFrameOptionsMiddleware",
    ],
    TEMPLATES=[{"BACKEND": "django.template.backends.django.DjangoTemplates", "DIRS": [FOLDER], "OPTIONS": {
        "context_processors": ["django.contrib.auth.context_processors.auth"],
    }}],
    USE_TZ=True,
    DEFAULT_AUTO_FIELD="django.db.models.BigAutoField",
)  # fmt: skip
django.setup()

from django.contrib.auth import get_user_model  # noqa: E402 - after the setup
from django.contrib.auth.decorators import login_required  # noqa: E402
from django.core.management import call_command  # noqa: E402
from django.core.wsgi import get_wsgi_application  # noqa: E402
from django.db import connection, models  # noqa: E402
from django.shortcuts import render  # noqa: E402
from django.urls import path  # noqa: E402


class Site(models.Model):  # noqa: DJ008 - never shown by name
    owner = models.ForeignKey("auth.User", on_delete=models.CASCADE)
    street = models.CharField(max_length=100)

    class Meta:
        app_label = "bench"


class Contract(models.Model):  # noqa: DJ008 - never shown by name
    site = models.ForeignKey(Site, on_delete=models.CASCADE)
    product = models.CharField(max_length=100)
    since = models.DateField()

    class Meta:
        app_label = "bench"


class Invoice(models.Model):  # noqa: DJ008 - never shown by name
    site = models.ForeignKey(Site, on_delete=models.CASCADE)
    cents = models.IntegerField()
    due = models.DateField(db_index=True)

    class Meta:
        app_label = "bench"


class Month(models.Model):  # noqa: DJ008 - never shown by name
    site = models.ForeignKey(Site, on_delete=models.CASCADE)
    month = models.DateField(db_index=True)
    kwh = models.DecimalField(max_digits=12, decimal_places=3)

    class Meta:
        app_label = "bench"


@login_required
def overview(request):
    """Four questions and a page."""
    mine = {"site__owner": request.user}
    return render(request, "page.html", {
        "sites": list(Site.objects.filter(owner=request.user)),
        "contracts": list(Contract.objects.filter(**mine).select_related("site").order_by("-since")),
        "invoices": list(Invoice.objects.filter(**mine).select_related("site").order_by("-due")[:12]),
        "months": list(Month.objects.filter(**mine).order_by("-month")[:24]),
    })  # fmt: skip


urlpatterns = [path("overview", overview)]
application = get_wsgi_application()

ROWS = """
{% for site in sites %}<h2>{{ site.street }}</h2>{% endfor %}
{% for one in contracts %}<p>{{ one.product }} {{ one.site.street }} {{ one.since|date:"j.n.Y" }}</p>{% endfor %}
{% for one in invoices %}
<tr><td>{{ one.due|date:"j.n.Y" }}</td><td>{{ one.cents }}</td><td>{{ one.site.street }}</td></tr>
{% endfor %}
{% for one in months %}<tr><td>{{ one.month|date:"F Y" }}</td><td>{{ one.kwh|floatformat:1 }}</td></tr>{% endfor %}
{{ user.get_full_name }} {% csrf_token %}
"""


def prepare(page: Path) -> str:
    """Fill the database; the key of a session."""
    call_command("migrate", run_syncdb=True, verbosity=0)
    with connection.schema_editor() as editor:
        for model in (Site, Contract, Invoice, Month):
            editor.create_model(model)
    user = get_user_model().objects.create_user("aino", first_name="Aino", last_name="Mäkelä")
    for street in ("Koivukuja 4", "Rantatie 11"):
        site = Site.objects.create(owner=user, street=street)
        Contract.objects.bulk_create(Contract(site=site, product=f"P{at}", since="2024-01-01") for at in range(3))
        Invoice.objects.bulk_create(Invoice(site=site, cents=at, due=f"2026-{at % 12 + 1:02}-15") for at in range(36))
        Month.objects.bulk_create(Month(site=site, month=f"2025-{at % 12 + 1:02}-01", kwh=at) for at in range(36))
    around = re.sub(r"[{}%]", "", page.read_text())  # the same size of markup, and no template's own
    (FOLDER / "page.html").write_text(around + ROWS)
    from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY  # noqa: PLC0415
    from django.contrib.sessions.backends.db import SessionStore  # noqa: PLC0415

    session = SessionStore()
    session[SESSION_KEY] = str(user.pk)
    session[BACKEND_SESSION_KEY] = "django.contrib.auth.backends.ModelBackend"
    session[HASH_SESSION_KEY] = user.get_session_auth_hash()
    session.create()
    return session.session_key


if __name__ == "__main__":
    print(json.dumps({"session": prepare(Path(sys.argv[3]))}))
