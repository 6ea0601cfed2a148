"""The command line: parse, run one command, turn every outcome into output and an exit code.

Exit codes (design §2): 0 done, 1 refused with reasons, 2 bad usage or input, 3 conflict, 4 no
permission, 5 damaged or unreachable store; besides 70 for a fault of kcflow itself, 130 for
Ctrl+C and 141 when the reader of the output has gone.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence
from importlib import import_module

from kcflow.commands.context import Context
from kcflow.commands.words import both, language_of
from kcflow.config import Config
from kcflow.services.errors import BadInput, KcflowError

FAULT = 70
INTERRUPTED = 130
READER_GONE = 141


def main(argv: Sequence[str] | None = None) -> int:
    """Run the command in `argv` (default: the process's own) and return its exit code; never raises."""
    arguments = list(sys.argv[1:] if argv is None else argv)
    _prepare_streams()
    try:
        code = _run(arguments)
        sys.stdout.flush()
    except KeyboardInterrupt:
        return INTERRUPTED
    except BrokenPipeError:
        # The interpreter flushes once more at its end, which must not complain either.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return READER_GONE
    return code


def _run(arguments: list[str]) -> int:
    lang = language_of(arguments)
    context = Context(lang, as_json="--json" in arguments)
    try:
        if not arguments:
            # The way of every morning: no tree of commands between the person and the first paint.
            return _application(context, Config.load())
        from kcflow.commands.grammar import build

        args = build(lang).parse_args(arguments)
        config = Config.load(args.database, args.as_person, args.lang)
        if args.run is None:
            return _application(context, config)
        context.use(args, config)
        module, _, name = args.run.partition(":")
        code: int = getattr(import_module(f"kcflow.commands.{module}"), name)(context)
    except KcflowError as error:
        return context.fail(error)
    except SystemExit as leaving:  # argparse after --help and --version
        return leaving.code if isinstance(leaving.code, int) else 0
    except (KeyboardInterrupt, BrokenPipeError):
        raise
    except Exception as fault:
        return context.fail(_fault(fault))
    finally:
        context.close()
    return code


def _application(context: Context, config: Config) -> int:
    """Open the application, or say why it can't be opened here."""
    if context.as_json:
        raise BadInput("usage", both("usage.json_needs_command"))
    if not (sys.stdin.isatty() and sys.stdout.isatty()):
        raise BadInput("no_terminal", both("usage.no_terminal"))
    from kcflow.app import run

    return run(config)


class _Fault(KcflowError):
    """A fault of kcflow: written to the log, told in one sentence."""

    exit_code = FAULT


def _fault(fault: Exception) -> KcflowError:
    import traceback

    from kcflow.config import log_dir
    from kcflow.formats import now

    path = log_dir() / "kcflow.log"
    name = type(fault).__name__
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with path.open("a", encoding="utf-8", errors="backslashreplace") as log:
            log.write(f"{now().isoformat()} cli\n{''.join(traceback.format_exception(fault))}\n")
    except OSError:
        return _Fault("fault", both("usage.fault_unwritten", name=name, path=path))
    return _Fault("fault", both("usage.fault", name=name, path=path))


def _prepare_streams() -> None:
    """Vietnamese must come out whatever the machine's locale; what can't be encoded is escaped."""
    for stream in (sys.stdout, sys.stderr):
        reconfigure = getattr(stream, "reconfigure", None)
        if reconfigure is not None:
            reconfigure(encoding="utf-8", errors="backslashreplace")
