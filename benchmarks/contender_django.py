"""The peer: django-fsm-2 with django-fsm-log on the same SQLite settings, without any hash chain."""

from __future__ import annotations

import sys
from functools import partial
from pathlib import Path

import django
from django.conf import settings

PATH, SIZE = Path(sys.argv[1]) / "django.db", int(sys.argv[2])
settings.configure(
    DATABASES={
        "default": {
            "ENGINE": "django.db.backends.sqlite3",
            "NAME": str(PATH),
            "OPTIONS": {
                "transaction_mode": "IMMEDIATE",
                "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL;",
            },
        }
    },
    INSTALLED_APPS=[
        "django.contrib.contenttypes",
        "django.contrib.auth",
        "django_fsm_log",
        "benchmarks.django_peer",
    ],
    DEFAULT_AUTO_FIELD="django.db.models.BigAutoField",
    USE_TZ=True,
)
django.setup()

from django.contrib.auth.models import User  # noqa: E402
from django.core.management import call_command  # noqa: E402
from django.db import connection, transaction  # noqa: E402

from benchmarks.django_peer.models import Proposal  # noqa: E402
from benchmarks.protocol import Seconds, measure, serve  # noqa: E402


def main() -> None:
    """Serve "one" and "many"."""
    call_command("migrate", run_syncdb=True, verbosity=0)
    user = User.objects.create(username="sct")
    Proposal.objects.bulk_create(
        [
            Proposal(code=f"KCQG-24-{i:06d}", title=f"Đề án số {i}", province="63:02", state="submitted")
            for i in range(SIZE)
        ],
        batch_size=500,
    )
    numbers = iter(range(SIZE))

    def step(code: str) -> None:
        proposal = Proposal.objects.select_for_update().get(code=code)
        proposal.start(by=user, description="TT 36/2013 Đ8.1a")
        proposal.save()

    def decide(codes: list[str]) -> None:
        with transaction.atomic():
            for code in codes:
                step(code)

    def following(count: int) -> list[str]:
        return [f"KCQG-24-{next(numbers):06d}" for _ in range(count)]

    def one(count: int) -> list[Seconds]:
        return [measure(partial(decide, [code])) for code in following(count)]

    def many(count: int) -> list[Seconds]:
        codes = following(count)
        return [measure(partial(decide, codes))]

    with connection.cursor() as cursor:
        cursor.execute("PRAGMA journal_mode")
        mode = cursor.fetchone()[0]
        cursor.execute("PRAGMA synchronous")
        synchronous = cursor.fetchone()[0]
    serve({"one": one, "many": many}, {"journal_mode": mode, "synchronous": synchronous})


if __name__ == "__main__":
    main()
