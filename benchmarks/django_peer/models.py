"""One model with a protected state field; django-fsm-log writes a row per transition."""

from __future__ import annotations

from django.db import models
from django_fsm import FSMField, transition
from django_fsm_log.decorators import fsm_log_by, fsm_log_description


class Proposal(models.Model):
    """A proposal with the columns that the move changes."""

    code = models.CharField(max_length=20, unique=True)
    title = models.CharField(max_length=500)
    province = models.CharField(max_length=8)
    state = FSMField(default="drafting", protected=True)
    entered_on = models.DateField(null=True)
    due_on = models.DateField(null=True, db_index=True)

    class Meta:
        app_label = "django_peer"

    @fsm_log_by
    @fsm_log_description
    @transition(field=state, source="submitted", target="appraisal")
    def start(self, by: object = None, description: object = None) -> None:
        """Start the appraisal."""


class FundedProposal(models.Model):
    """An approved proposal that gets its money in rounds."""

    code = models.CharField(max_length=20, unique=True)
    title = models.CharField(max_length=500)
    state = FSMField(default="approved", protected=True)
    approved = models.BigIntegerField()
    allocated = models.BigIntegerField(default=0)

    class Meta:
        app_label = "django_peer"

    @fsm_log_by
    @fsm_log_description
    @transition(field=state, source=["approved", "allocated_part"], target="allocated_part")
    def allocate(self, by: object = None, description: object = None) -> None:
        """Give a part of the money."""


class Fund(models.Model):
    """A plan or a round: what it may give, and has given."""

    code = models.CharField(max_length=30, unique=True)
    ceiling = models.BigIntegerField()
    allocated = models.BigIntegerField(default=0)

    class Meta:
        app_label = "django_peer"


class Allocation(models.Model):
    """What a round gives a proposal."""

    proposal = models.ForeignKey(FundedProposal, models.PROTECT)
    fund = models.ForeignKey(Fund, models.PROTECT)
    number = models.IntegerField()
    dong = models.BigIntegerField()

    class Meta:
        app_label = "django_peer"
        unique_together = (("proposal", "fund"),)
