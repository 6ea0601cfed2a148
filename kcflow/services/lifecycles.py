"""Lifecycles of the store: the built-in ones, and a province's own file, without programming."""

from __future__ import annotations

from collections.abc import Mapping

from db import directory
from db.errors import LifecycleChanged
from kcflow import reference
from kcflow.services.context import Context
from kcflow.services.errors import BadInput
from kcflow.services.people import province_key
from kcflow.services.texts import error_label
from states.checks import check
from states.guards import GUARDS
from states.loader import LifecycleError, load_text
from states.model import Label, Lifecycle


def read(text: str, file: str, parameters: Mapping[str, str] | None = None) -> Lifecycle:
    """Load and check a lifecycle file. Raises `BadInput` naming file, table and key."""
    try:
        lifecycle = load_text(text, file=file, parameters=parameters)
        check(
            lifecycle,
            guards=GUARDS,
            document_kinds={kind.code for kind in reference.document_kinds()},
        )
    except LifecycleError as wrong:
        raise BadInput("lifecycle_file", Label(wrong.sentence("vi"), wrong.sentence("en"))) from None
    return lifecycle


def install(
    context: Context, text: str, file: str, parameters: Mapping[str, str] | None, province: str | None
) -> Lifecycle:
    """Install a lifecycle file, for one province if named (NĐ 45/2012: KCĐP rules are provincial).

    Installing the same again changes nothing; other rules under a version in use are refused.
    Raises `BadInput`, `NoPermission`.
    """
    context.require("admin")
    lifecycle = read(text, file, parameters)
    key = province_key(context, province) if province else None
    try:
        with context.store.administer() as admin:
            directory.install_lifecycle(admin, lifecycle, province=key)
    except LifecycleChanged:
        raise BadInput("lifecycle_changed", error_label("lifecycle_changed", key=lifecycle.key)) from None
    context.shared.forget()
    return lifecycle
