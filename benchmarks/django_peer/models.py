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
