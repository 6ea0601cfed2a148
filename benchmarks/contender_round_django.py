"""The peer: a transition and a log row for each proposal of a round, in one transaction.

As its documentation writes it, with what a round needs at the least: the proposal's own sum, who gets how
much in which round, the running totals of round and plan, each refused beyond its ceiling. No hash chain, no
papers, no deadlines, no rules about source, year, province and content, no guard in the database.
"""

from __future__ import annotations

import sys
from functools import partial
from urllib.parse import urlsplit

import django
from django.conf import settings

URL, SIZE, ROUNDS = sys.argv[1], int(sys.argv[2]), int(sys.argv[3])
PART = 1_000_000


def database() -> dict[str, object]:
    """Django's settings for the store at `URL`."""
    parts = urlsplit(URL)
    if parts.scheme == "sqlite":
        pragmas = "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL;"
        options = {"transaction_mode": "IMMEDIATE", "init_command": pragmas}
        return {"ENGINE": "django.db.backends.sqlite3", "NAME": parts.path[1:], "OPTIONS": options}
    from psycopg.conninfo import conninfo_to_dict

    known = conninfo_to_dict(URL)
    return {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": known["dbname"],
        "USER": known.get("user", ""),
        "PASSWORD": known.get("password", ""),
        "HOST": known.get("host", ""),
        "PORT": known.get("port", ""),
    }


settings.configure(
    DATABASES={"default": database()},
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

from benchmarks.django_peer.models import Allocation, Fund, FundedProposal  # noqa: E402
from benchmarks.protocol import Seconds, measure, serve  # noqa: E402


def main() -> None:
    """Serve "round": issue a round over all proposals."""
    call_command("migrate", run_syncdb=True, verbosity=0)
    user = User.objects.create(username="cuc-2")
    approved = PART * (ROUNDS + 1)
    FundedProposal.objects.bulk_create(
        [
            FundedProposal(
                code=f"KCQG-24-{i:06d}", title=f"Đề án số {i}", state="approved", approved=approved
            )
            for i in range(SIZE)
        ],
        batch_size=500,
    )
    codes = [f"KCQG-24-{i:06d}" for i in range(SIZE)]
    plan = Fund.objects.create(code="KH-KCQG-24", ceiling=approved * SIZE)

    def issue(number: int, code: str) -> None:
        with transaction.atomic():
            funds = Fund.objects.select_for_update()
            own, above = funds.get(code=code), funds.get(pk=plan.pk)
            for each in codes:
                proposal = FundedProposal.objects.select_for_update().get(code=each)
                if proposal.allocated + PART > proposal.approved:
                    raise ValueError(each)
                proposal.allocate(by=user, description=f"{code}: {PART}")
                proposal.allocated += PART
                proposal.save()
                Allocation.objects.create(proposal=proposal, fund=own, number=number, dong=PART)
                for fund in (own, above):
                    fund.allocated += PART
                    if fund.allocated > fund.ceiling:
                        raise ValueError(fund.code)
                    fund.save()

    def round_(number: int) -> list[Seconds]:
        code = f"PB-KCQG-24-{number}"
        Fund.objects.create(code=code, ceiling=PART * SIZE)
        return [measure(partial(issue, number, code))]

    serve({"round": round_}, {"store": connection.vendor})


if __name__ == "__main__":
    main()
