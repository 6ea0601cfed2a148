"""What the advance dialog says: before an act, when something is wrong with it, and after it."""

from __future__ import annotations

from collections.abc import Iterable

from textual.content import Content

from kcflow.formats import date_text, dong, percent
from kcflow.i18n import t
from kcflow.labels import AMOUNT
from kcflow.services.errors import ConflictError, RefusedByRules
from kcflow.services.views import OptionView, Preview, Receipt
from screens.base import sentence
from screens.dossier import proposal_parts as parts
from screens.widgets.basis import basis_text
from screens.widgets.hanging import Hanging
from states.model import Label


def head(option: OptionView, preview: Preview | None, lang: str) -> Hanging:
    """The act, the dossier, from where to where, who acts on which basis."""
    from_label = preview.from_label(lang) if preview is not None else "…"
    target = (preview.to_label if preview is not None else None) or option.target_label
    to_label = target(lang) if target is not None else t("advance.target_open", lang)
    stays = preview is not None and to_label == from_label
    role = _or_dash(option.role_label, lang)
    office = option.office_name or "—"
    if office.startswith(role):  # the office says the role already
        who = t("advance.acting_office", lang, office=office)
    else:
        who = t("advance.acting", lang, role=role, office=office)
    said = [parts.line((option.label(lang), "bold $accent"))]
    if preview is not None:
        said.append(parts.line((preview.title, parts.DIM)))
    said += [
        parts.line((from_label, parts.STRONG), (f" · {t('advance.state_stays', lang)}", parts.DIM))
        if stays
        else parts.line((from_label, ""), (" → ", "$accent"), (to_label, parts.STRONG)),
        parts.line((f"{who} · {t('advance.basis', lang, basis=basis_text(option.basis, lang))}", parts.DIM)),
    ]
    return parts.lines(said)


def consequence(preview: Preview, lang: str) -> Hanging:
    """What will be so after the act: state, holder, deadline with its basis, money before and after."""
    said = [parts.line((t("advance.will_happen", lang), "bold $primary"))]
    if preview.to_label is None:
        said.append(parts.line((t("advance.target_open", lang), parts.DIM)))
    else:
        said.append(parts.line((t("advance.state_after", lang), parts.DIM), preview.to_label(lang)))
        holder = _or_dash(preview.waits_for_label, lang)
        said.append(parts.line((t("advance.holder_after", lang), parts.DIM), (holder, parts.STRONG)))
        if preview.due is not None:
            said += parts.due_lines(preview.due, None, lang)
    said += money(preview, lang)
    said += [parts.line((f"! {warning.text(lang)}", parts.WARN)) for warning in preview.option.warnings]
    return parts.lines(said)


def money(preview: Preview, lang: str) -> list[Content]:
    """The amount before and after, where the act has one."""
    kind = preview.option.amount
    if preview.amount_after is None or kind is None:
        return []
    before = dong(preview.amount_before, lang) if preview.amount_before is not None else "—"
    label = AMOUNT[kind](lang) if kind in AMOUNT else t(f"advance.amount.{kind}", lang)
    said = [
        parts.line((f"{label}: {before} → ", parts.DIM), (dong(preview.amount_after, lang), parts.STRONG))
    ]
    if preview.amount_base and preview.amount_base_label is not None:
        share = t(
            "advance.amount_of",
            lang,
            percent=percent(preview.amount_after, preview.amount_base, lang),
            base=preview.amount_base_label(lang),
            amount=dong(preview.amount_base, lang),
        )
        said.append(parts.line((f"  = {share}", parts.DIM)))
    return said


def missing(preview: Preview, wrong: Iterable[str], lang: str) -> Hanging:
    """What is still missing: what can't be read, and every reason of the rules."""
    reasons = [reason.text(lang) for reason in preview.option.reasons]
    texts = [*wrong, *reasons]
    if not texts:
        return parts.lines([parts.line((f"● {t('advance.nothing_missing', lang)}", parts.GOOD))])
    title = parts.line((t("advance.still_missing", lang), "bold $warning"))
    return parts.lines([title, *(parts.line(("○ ", parts.WARN), text) for text in texts)])


def trouble(error: Exception | None, lang: str, *, gone: bool, armed: bool) -> Hanging:
    """What went wrong and what to do; empty when all is well.

    `gone`: the act is none any more in the fresh data. `armed`: one more confirmation is awaited.
    """
    said: list[Content] = []
    if error is not None:
        said.append(parts.line((f"✗ {sentence(error, lang)}", f"bold {parts.BAD}")))
    if isinstance(error, RefusedByRules):
        said += [parts.line((f"  · {reason.text(lang)}", parts.BAD)) for reason in error.reasons]
    if isinstance(error, ConflictError) and not gone:
        said.append(parts.line((f"  {t('advance.load_fresh', lang)}", parts.WARN)))
    elif error is not None:
        said.append(parts.line((f"  {t('advance.kept', lang)}", parts.DIM)))
    if gone:
        said.append(parts.line((t("advance.no_longer", lang), parts.WARN)))
    if armed:
        said.append(parts.line((f"! {t('advance.sure', lang)}", f"bold {parts.WARN}")))
    return parts.lines(said)


def receipt(done: Receipt, preview: Preview | None, lang: str) -> Hanging:
    """What did happen, with the mark to keep."""
    key = "repeated" if done.repeated else "done"
    moved = done.from_label is None or done.from_label != done.to_label
    before = done.from_label if moved else None
    said = [
        parts.line((f"● {t(f'advance.{key}', lang)}", f"bold {parts.GOOD}")),
        parts.line((f"{done.code}  ", "$accent"), done.title),
        parts.line((done.action_label(lang), parts.STRONG), f", {date_text(done.on, lang)}"),
        parts.line(
            (t("advance.state_now", lang), parts.DIM),
            (f"{before(lang)} → " if before is not None else "", parts.DIM),
            (done.to_label(lang), ""),
            ("" if moved else f" · {t('advance.state_stays', lang)}", parts.DIM),
        ),
        parts.line((t("advance.holder_now", lang), parts.DIM), (done.waits_for_label(lang), parts.STRONG)),
    ]
    if done.due is not None:
        said += parts.due_lines(done.due, None, lang)
    if preview is not None:
        said += money(preview, lang)
    said += [parts.line((f"! {warning.text(lang)}", parts.WARN)) for warning in done.warnings]
    said.append(parts.line((t("advance.mark", lang, seq=done.seq, mark=done.mark), "$accent")))
    return parts.lines(said)


def _or_dash(label: Label | None, lang: str) -> str:
    return label(lang) if label is not None else "—"
