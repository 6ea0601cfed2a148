"""digest: the morning's letters, looked at, sent, and what became of them."""

from __future__ import annotations

from kcflow.commands.context import Context
from kcflow.commands.tables import Column, table
from kcflow.commands.words import both
from kcflow.formats import date_text, instant_text
from kcflow.services.errors import BadInput, NotFound
from kcflow.services.letter_views import DigestResult, DigestView

UNSENT = 1
"""Exit code when letters are left that the server didn't take: run again."""


def digest(context: Context) -> int:
    """The day's letters: listed, one of them shown, or sent."""
    args = context.args
    if args.send and args.show:
        raise BadInput("usage", both("usage.digest_both"))
    lang = args.letters or context.config.settings.mail_language
    return _send(context, lang) if args.send else _look(context, lang)


def _look(context: Context, lang: str) -> int:
    args, clock = context.args, context.desk.clock
    views = clock.digest_plan(args.day, lang)
    if args.show:
        view = next((each for each in views if each.person == args.show), None)
        if view is None:
            raise NotFound("no_letter", both("usage.no_letter", login=args.show))
        context.emit(view, lambda: _letter(context, view))
        return 0
    context.rows(views, lambda rows: table(_columns(context), rows, context.room), empty="say.no_letters")
    if (off := clock.digest_day_off(args.day)) is not None and not args.force:
        context.note("say.digest_off", why=context.label(off))
    elif views:
        context.note("say.digest_dry")
    return 0


def _letter(context: Context, view: DigestView) -> list[str]:
    head = [
        f"{context.say('column.to')}: {view.person_name} <{view.address or context.say('word.no_address')}>",
        f"{context.say('column.subject')}: {view.subject}",
        f"{context.say('column.status')}: {_status(context, view)}",
    ]
    return [*head, "", *view.body.splitlines()]


def _status(context: Context, view: DigestView) -> str:
    text = context.say(f"digest.{view.state}")
    if view.sent_at is not None:
        return f"{text} {instant_text(view.sent_at, context.lang)}"
    return f"{text}: {context.label(view.error)}" if view.error else text


def _columns(context: Context, *, dated: bool = False) -> list[Column[DigestView]]:
    columns: list[Column[DigestView]] = [
        Column(context.say("column.day"), lambda v: date_text(v.day, context.lang))
    ]
    return (columns if dated else []) + [
        Column(context.say("column.login"), lambda v: v.person),
        Column(context.say("column.name"), lambda v: v.person_name, flexible=True),
        Column(context.say("column.address"), lambda v: v.address or "", flexible=True),
        Column(context.say("column.items"), lambda v: str(v.items), right=True),
        Column(context.say("column.subject"), lambda v: v.subject, flexible=True),
        Column(context.say("column.status"), lambda v: _status(context, v), flexible=True),
    ]


def log(context: Context) -> int:
    """Letters made so far, newest first."""
    args = context.args
    context.rows(
        context.desk.clock.digest_log(args.log_day, args.person),
        lambda rows: table(_columns(context, dated=True), rows, context.room),
        empty="say.no_letters_made",
    )
    return 0


def _send(context: Context, lang: str) -> int:
    from kcflow.services.clock.post import Post

    args = context.args
    for problem in context.config.settings.problems:
        context.note("say.said", text=context.label(problem))
    post = Post.of(context.config.settings)
    for warning in post.warnings:
        context.note("say.said", text=context.label(warning))
    done = context.desk.clock.digest_send(post, args.day, lang, force=args.force)
    context.emit(done, lambda: _told(context, done))
    if done.trouble is not None:
        context.note("say.said", text=context.label(done.trouble))
    if done.no_address:
        context.note("say.digest_no_address", n=len(done.no_address), logins=", ".join(done.no_address))
    return UNSENT if done.pending or done.failed else 0


def _told(context: Context, done: DigestResult) -> list[str]:
    day = date_text(done.day, context.lang)
    if done.day_off is not None:
        return [context.say("say.digest_off_sent", day=day, why=context.label(done.day_off))]
    lines = [context.say("say.digest_sent", n=done.sent, day=day)]
    told = ((name, getattr(done, name)) for name in ("already", "pending", "failed", "escalated"))
    lines += [context.say(f"say.digest_{name}", n=count) for name, count in told if count]
    return lines
