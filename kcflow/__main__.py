"""`kcflow` and `python -m kcflow`: the shortest way to the application or to one command.

Only `sys` and `os` are imported here, so that `--version` costs hardly more than Python itself and
an old Python reaches the sentence that says what is wrong.
"""

import os
import sys

OLDEST = (3, 11)


def main(argv: "list[str] | None" = None) -> int:
    """Run `argv` (list of str, default: the process's own) and return the exit code (docs/cli.md).

    No arguments open the application; anything else is a command.
    """
    arguments = sys.argv[1:] if argv is None else list(argv)
    if sys.version_info[:2] < OLDEST:
        sys.stderr.write(
            "kcflow cần Python 3.11 trở lên, máy này đang dùng {0}: hãy cài bản mới. / "
            "kcflow needs Python 3.11 or later, this is {0}: install a newer one.\n".format(
                ".".join(map(str, sys.version_info[:2]))
            )
        )
        return 2
    if arguments in (["--version"], ["-V"]):
        from kcflow import __version__

        sys.stdout.write("kcflow " + __version__ + "\n")
        return 0
    # Several terminals lose the text of Vietnamese input methods in the Kitty keyboard mode; without
    # it a lone Escape waits for ESCDELAY. Both must stand before anything imports textual.
    os.environ.setdefault("TEXTUAL_DISABLE_KITTY_KEY", "1")
    os.environ.setdefault("ESCDELAY", "25")
    from kcflow.cli import main as run

    code = run(arguments)
    if argv is None:
        # The process ends: walking through every object once more would take longer than a short list.
        import gc

        gc.freeze()
    return code


if __name__ == "__main__":
    sys.exit(main())
