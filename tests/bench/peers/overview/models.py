"""The portal's tables as Django sees them, unmanaged; and what Django keeps itself: who a user is, sums of readings."""

from django.conf import settings
from django.db import models
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop


class Party(models.Model):
    id = models.UUIDField(primary_key=True)
    customer_number = models.CharField(max_length=40)
    name = models.CharField(max_length=200)

    class Meta:
        managed = False
        db_table = "party"

    def __str__(self):
        return self.name

    @property
    def initials(self):
        return "".join(word[0] for word in self.name.split()[:2])


class Site(models.Model):
    id = models.UUIDField(primary_key=True)
    street = models.CharField(max_length=200)
    holders = models.ManyToManyField(Party, through="Occupancy", related_name="sites")

    class Meta:
        managed = False
        db_table = "site"

    def __str__(self):
        return self.street


class Occupancy(models.Model):
    id = models.UUIDField(primary_key=True)
    site = models.ForeignKey(Site, on_delete=models.DO_NOTHING)
    party = models.ForeignKey(Party, on_delete=models.DO_NOTHING)
    since = models.DateField()
    until = models.DateField(null=True)

    class Meta:
        managed = False
        db_table = "occupancy"

    def __str__(self):
        return f"{self.since}"


class MeteringPoint(models.Model):
    id = models.UUIDField(primary_key=True)
    site = models.ForeignKey(Site, on_delete=models.DO_NOTHING)
    energy = models.CharField(max_length=12)

    class Meta:
        managed = False
        db_table = "metering_point"

    def __str__(self):
        return self.energy


class Product(models.Model):
    id = models.UUIDField(primary_key=True)
    name_fi = models.CharField(max_length=100)
    name_sv = models.CharField(max_length=100)
    name_en = models.CharField(max_length=100)

    class Meta:
        managed = False
        db_table = "product"

    def __str__(self):
        return self.name_en


KINDS = {
    "sales": (gettext_noop("Electricity sales"), "zap"),
    "network": (gettext_noop("Electricity distribution"), "utility-pole"),
    "heat": (gettext_noop("District heat"), "flame"),
    "cooling": (gettext_noop("District cooling"), "snowflake"),
    "gas": (gettext_noop("Gas"), "flame-kindling"),
    "connection": (gettext_noop("Connection"), "cable"),
    "purchase": (gettext_noop("Purchase of solar electricity"), "sun"),
}


class Contract(models.Model):
    id = models.UUIDField(primary_key=True)
    number = models.CharField(max_length=40)
    party = models.ForeignKey(Party, on_delete=models.DO_NOTHING)
    site = models.ForeignKey(Site, on_delete=models.DO_NOTHING)
    product = models.ForeignKey(Product, on_delete=models.DO_NOTHING)
    kind = models.CharField(max_length=12)
    valid_from = models.DateField()
    valid_to = models.DateField(null=True)
    fixed_until = models.DateField(null=True)

    class Meta:
        managed = False
        db_table = "contract"

    def __str__(self):
        return self.get_kind()

    def get_kind(self):
        return _(KINDS[self.kind][0])

    @property
    def icon(self):
        return KINDS[self.kind][1]

    @property
    def ends_on(self):
        return self.valid_to or self.fixed_until


class Invoice(models.Model):
    id = models.UUIDField(primary_key=True)
    number = models.CharField(max_length=40)
    party = models.ForeignKey(Party, on_delete=models.DO_NOTHING)
    site = models.ForeignKey(Site, on_delete=models.DO_NOTHING, null=True)
    due_on = models.DateField()
    period_from = models.DateField()
    period_to = models.DateField()
    total_cents = models.IntegerField()
    paid_cents = models.IntegerField()
    credited_cents = models.IntegerField()

    class Meta:
        managed = False
        db_table = "invoice"

    def __str__(self):
        return self.number

    @property
    def euros(self):
        return (self.total_cents - self.paid_cents) / 100

    @property
    def subject(self):
        """What it is for, in words of the language."""
        kinds = {line.contract.kind for line in self.lines.all() if line.contract}
        words = []
        if {"sales", "network"} <= kinds:
            words.append(_("Electricity"))
            kinds -= {"sales", "network", "connection"}
        words += [_(name) for kind, (name, _icon) in KINDS.items() if kind in kinds]
        return ", ".join(word[0].lower() + word[1:] for word in words)


class InvoiceLine(models.Model):
    id = models.UUIDField(primary_key=True)
    invoice = models.ForeignKey(Invoice, on_delete=models.DO_NOTHING, related_name="lines")
    contract = models.ForeignKey(Contract, on_delete=models.DO_NOTHING, null=True)
    position = models.IntegerField()

    class Meta:
        managed = False
        db_table = "invoice_line"

    def __str__(self):
        return f"{self.position}"


class PermissionRecord(models.Model):
    id = models.UUIDField(primary_key=True)
    sequence = models.IntegerField()
    party = models.ForeignKey(Party, on_delete=models.DO_NOTHING)
    kind = models.CharField(max_length=12)
    purpose = models.CharField(max_length=40)
    channel = models.CharField(max_length=20)
    action = models.CharField(max_length=12)
    at = models.DateTimeField()

    class Meta:
        managed = False
        db_table = "permission_record"

    def __str__(self):
        return self.purpose


class MessageThread(models.Model):
    id = models.UUIDField(primary_key=True)
    party = models.ForeignKey(Party, on_delete=models.DO_NOTHING)
    subject = models.CharField(max_length=200)
    invoice = models.ForeignKey(Invoice, on_delete=models.DO_NOTHING, null=True)
    last_at = models.DateTimeField()
    told_at = models.DateTimeField(null=True)

    class Meta:
        managed = False
        db_table = "message_thread"

    def __str__(self):
        return self.subject


class ThreadReading(models.Model):
    thread = models.OneToOneField(MessageThread, on_delete=models.DO_NOTHING, primary_key=True)
    account_id = models.UUIDField()
    told_at = models.DateTimeField()

    class Meta:
        managed = False
        db_table = "thread_reading"

    def __str__(self):
        return f"{self.told_at}"


class Account(models.Model):
    id = models.UUIDField(primary_key=True)
    created_at = models.DateTimeField()
    welcomed_at = models.DateTimeField(null=True)

    class Meta:
        managed = False
        db_table = "account"

    def __str__(self):
        return f"{self.id}"


class Profile(models.Model):
    """Which customer a user is."""

    user = models.OneToOneField(settings.AUTH_USER_MODEL, on_delete=models.CASCADE)
    party = models.ForeignKey(Party, on_delete=models.DO_NOTHING, db_constraint=False)
    account = models.ForeignKey(Account, on_delete=models.DO_NOTHING, db_constraint=False)

    def __str__(self):
        return f"{self.party}"


class MonthUse(models.Model):
    """What a metering point used in a month."""

    point = models.ForeignKey(MeteringPoint, on_delete=models.DO_NOTHING, db_constraint=False)
    month = models.DateField(db_index=True)
    mwh = models.BigIntegerField()

    def __str__(self):
        return f"{self.month}"


class DayUse(models.Model):
    """What a metering point used on a day, whether that is all of it, and when its last reading begins."""

    point = models.ForeignKey(MeteringPoint, on_delete=models.DO_NOTHING, db_constraint=False)
    day = models.DateField(db_index=True)
    mwh = models.BigIntegerField()
    is_whole = models.BooleanField()
    until = models.DateTimeField()

    def __str__(self):
        return f"{self.day}"
