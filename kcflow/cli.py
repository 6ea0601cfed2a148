"""The command line: parse, run one command, turn every outcome into output and an exit code.

Exit codes (design §2): 0 done, 1 refused with reasons, 2 bad usage or input, 3 conflict, 4 no
permission, 5 damaged or unreachable store; besides 70 for a fault of kcflow itself, 130 for
Ctrl+C and 141 when the reader of the output has gone.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from kcflow.commands.context import Context
    from kcflow.config import Config
    from kcflow.services.errors import KcflowError

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
    try:
        if not arguments and _at_a_terminal():
            # The way of every morning: nothing of commands between the person and the first paint.
            from kcflow.config import Config

            return _application(Config.load())
        return _command(arguments)
    except (KeyboardInterrupt, BrokenPipeError):
        raise
    except Exception as error:
        return _tell(arguments, error)


def _command(arguments: list[str]) -> int:
    from importlib import import_module

    from kcflow.commands.context import Context
    from kcflow.commands.grammar import build
    from kcflow.commands.words import language_of
    from kcflow.config import Config

    lang = language_of(arguments)
    context = Context(lang, as_json="--json" in arguments)
    try:
        args = build(lang).parse_args(arguments)
        config = Config.load(args.database, args.as_person, args.lang)
        if args.run is None:
            return _application(config, as_json=context.as_json)
        context.use(args, config)
        module, _, name = args.run.partition(":")
        code: int = getattr(import_module(f"kcflow.commands.{module}"), name)(context)
    except SystemExit as leaving:  # argparse after --help and --version
        return leaving.code if isinstance(leaving.code, int) else 0
    except (KeyboardInterrupt, BrokenPipeError):
        raise
    except Exception as error:
        return _tell(arguments, error, context)
    finally:
        context.close()
    return code


def _at_a_terminal() -> bool:
    return sys.stdin.isatty() and sys.stdout.isatty()


def _application(config: Config, *, as_json: bool = False) -> int:
    """Open the application, or say why it can't be opened here."""
    if as_json or not _at_a_terminal():
        from kcflow.commands.words import both
        from kcflow.services.errors import BadInput

        if as_json:
            raise BadInput("usage", both("usage.json_needs_command"))
        raise BadInput("no_terminal", both("usage.no_terminal"))
    import gc

    # Modules stay for good: collecting among them is lost time, at the start and at every later collection.
    gc.disable()
    from kcflow.app import run

    gc.freeze()
    gc.enable()
    return run(config)


def _tell(arguments: list[str], error: Exception, context: Context | None = None) -> int:
    """Report `error` to the person; what is no error of kcflow's own goes to the log."""
    from kcflow.commands.context import Context
    from kcflow.commands.words import language_of
    from kcflow.services.errors import KcflowError

    told = context or Context(language_of(arguments), as_json="--json" in arguments)
    return told.fail(error if isinstance(error, KcflowError) else _fault(error))


def _fault(fault: Exception) -> KcflowError:
    """A fault of kcflow: written to the log, told in one sentence."""
    import traceback

    from kcflow.commands.words import both
    from kcflow.config import log_dir
    from kcflow.formats import now
    from kcflow.services.errors import KcflowError

    class Fault(KcflowError):
        exit_code = FAULT

    path = log_dir() / "kcflow.log"
    name = type(fault).__name__
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with path.open("a", encoding="utf-8", errors="backslashreplace") as log:
            log.write(f"{now().isoformat()} cli\n{''.join(traceback.format_exception(fault))}\n")
    except OSError:
        return Fault("fault", both("usage.fault_unwritten", name=name, path=path))
    return Fault("fault", both("usage.fault", name=name, path=path))


def _prepare_streams() -> None:
    """Vietnamese must come out whatever the machine's locale; what can't be encoded is escaped."""
    for stream in (sys.stdout, sys.stderr):
        reconfigure = getattr(stream, "reconfigure", None)
        if reconfigure is not None:
            reconfigure(encoding="utf-8", errors="backslashreplace")
