"""The overview of a household: a query for each part of the page, prefetching what belongs to it."""

from datetime import datetime, timedelta
from decimal import ROUND_HALF_UP, Decimal

from django.conf import settings
from django.contrib.auth.decorators import login_required
from django.db.models import Exists, F, Max, OuterRef, Prefetch, Q
from django.shortcuts import render
from django.utils.formats import number_format
from django.utils.timezone import localtime
from overview.models import (
    Contract,
    DayUse,
    Invoice,
    InvoiceLine,
    MessageThread,
    MonthUse,
    PermissionRecord,
    Profile,
    ThreadReading,
)

NOW = datetime.fromisoformat(settings.NOW)
FRESH = timedelta(days=settings.BRAND["fresh_days"])
LINES = InvoiceLine.objects.select_related("contract")
BASE, HIGHEST, WIDE = 70, 65, 0.68


def everywhere(_request):
    """What every page says: whose portal it is."""
    return {"brand": settings.BRAND}


@login_required
def show(request):
    """What matters now, at a glance."""
    profile = Profile.objects.select_related("party", "account").get(user=request.user)
    party, today = profile.party, localtime(NOW).date()
    read = ThreadReading.objects.filter(thread=OuterRef("pk"), account_id=profile.account_id)
    threads = MessageThread.objects.filter(party=party).annotate(
        is_unread=Q(told_at__gt=profile.account.created_at - FRESH)
        & ~Exists(read.filter(told_at__gte=OuterRef("told_at")))
    )
    invoice = next_due(party)
    return render(
        request,
        "overview/show.html",
        {
            "hour": localtime(NOW).hour,
            "today": today,
            "party": party,
            "is_first_visit": profile.account.welcomed_at is None,
            "use": usage(party, today),
            "invoice": invoice,
            "due_in": (invoice.due_on - today).days if invoice else None,
            "contracts": contracts(party, today),
            "messages": threads.select_related("invoice")
            .prefetch_related(Prefetch("invoice__lines", LINES))
            .order_by("-last_at", "pk")[:3],
            "unread": threads.filter(is_unread=True).count(),
            "permissions": permissions(party),
        },
    )


def next_due(party):
    """The bill to be paid next."""
    unpaid = Invoice.objects.filter(party=party, total_cents__gt=F("paid_cents"), total_cents__gte=0)
    unpaid = unpaid.filter(Q(total_cents=0) | Q(total_cents__gt=F("credited_cents")))
    return unpaid.prefetch_related(Prefetch("lines", LINES)).order_by("due_on", "number").first()


def contracts(party, today):
    """The contracts in force."""
    running = Contract.objects.filter(party=party, valid_from__lte=today)
    running = running.filter(Q(valid_to__isnull=True) | Q(valid_to__gte=today))
    return running.select_related("product", "site").order_by("-kind", "-valid_from", "number")[:6]


def permissions(party):
    """How many consents and prohibitions hold, and when that changed last."""
    newest = PermissionRecord.objects.filter(party=party).order_by().values("kind", "purpose", "channel")
    standing = PermissionRecord.objects.filter(
        party=party, sequence__in=newest.annotate(newest=Max("sequence")).values("newest")
    )
    every = list(standing)
    given = [one for one in every if one.action == "given"]
    return {
        "consents": sum(one.kind == "consent" for one in given),
        "prohibitions": sum(one.kind == "objection" for one in given),
        "latest_at": max((one.at for one in every), default=None),
    }


def usage(party, today):
    """What electricity came to in the newest month, beside the same days a year before, and in twelve months."""
    mine = Q(point__site__occupancy__party=party, point__energy="electricity")
    newest = today.replace(day=1)
    days = DayUse.objects.filter(mine).filter(
        Q(day__gte=newest)
        | Q(day__gte=newest.replace(year=today.year - 1), day__lte=today.replace(year=today.year - 1))
    )
    by_day = {one.day: one for one in days}
    year = list(MonthUse.objects.filter(mine, month__lte=newest).order_by("-month")[:12])[::-1]
    if not year:
        return None
    pairs = [
        (one, then)
        for day, one in by_day.items()
        if day >= newest and (then := by_day.get(day.replace(year=day.year - 1))) and one.is_whole and then.is_whole
    ]
    now, then = sum(one.mwh for one, _ in pairs), sum(one.mwh for _, one in pairs)
    change = (Decimal(now - then) * 100 / then).quantize(Decimal("0.1"), ROUND_HALF_UP) if then else None
    return {
        "month": year[-1].month,
        "mwh": year[-1].mwh,
        "first": year[0].month,
        "days": len(pairs),
        "now": now,
        "then": then,
        "change": change,
        "percent": f"{number_format(abs(change))}\N{NO-BREAK SPACE}%" if change is not None else None,
        "until": max(one.until for one in by_day.values()),
        "bars": bars(year),
    }


def bars(year):
    """Places of bars in per cent of the width and px of the height."""
    highest, slot = max(one.mwh for one in year), 100 / len(year)
    drawn = []
    for place, one in enumerate(year):
        height = HIGHEST * one.mwh / highest
        drawn.append(
            {
                "x": f"{slot * (place + (1 - WIDE) / 2):.2f}",
                "y": f"{BASE - height:.2f}",
                "width": f"{slot * WIDE:.2f}",
                "height": f"{height:.2f}",
                "middle": f"{slot * (place + 0.5):.2f}",
                "tick": one.month.month,
            }
        )
    return drawn
