"""The command ``parstudy``: thin over the library; exit code 2 for a mistake of the user."""

from __future__ import annotations

import contextlib
import errno
import sys
from collections.abc import Sequence

from parstudy.cli import _output, _words
from parstudy.errors import ParstudyError
from parstudy.facts.languages import SOURCE


def main(argv: Sequence[str] | None = None) -> int:
    """Run the command.

    Parameters
    ----------
    argv : sequence of str, optional
        Arguments without the program's name; ``sys.argv`` by default.

    Returns
    -------
    int
        0 done, 1 some reports failed or the checks found errors, 2 a mistake in what was asked,
        130 interrupted.
    """
    _output.prepare()
    code = 0
    try:
        code = int(_asked(argv))
        sys.stdout.flush()
        return code
    except ParstudyError as error:
        print(_output.plain(f"parstudy: {_words.worded(error)}"), file=sys.stderr)
        return 2
    except BrokenPipeError:
        # `parstudy … | head`: who reads has enough; nothing more to print, also not at exit
        _output.give_up()
        return code
    except UnicodeEncodeError as error:
        # names of files come in as bytes, and not all bytes are text
        _output.give_up()
        around = error.object[max(0, error.start - 20) : error.end + 20]
        said = _words.text(
            "{name}: the name of a file or folder is not UTF-8. Rename it, or set LC_ALL=C.UTF-8",
            name=around.encode("ascii", "backslashreplace").decode("ascii"),
        )
        print("parstudy:", said, file=sys.stderr)
        return 2
    except MemoryError:
        _output.give_up()
        print(
            "parstudy:", _words.text("the machine has not enough memory for this"), file=sys.stderr
        )
        return 2
    except OSError as error:
        _output.give_up()
        place = f"{error.filename}: " if error.filename else ""
        reason = error.strerror or str(error)
        if error.errno == errno.EMFILE:
            reason = _words.text("too few open files are allowed; allow more: ulimit -n 1024")
        print(f"parstudy: {place}{reason}", file=sys.stderr)
        return 2
    except KeyboardInterrupt:
        print("parstudy:", _words.text("interrupted"), file=sys.stderr)
        return 130


def _asked(argv: Sequence[str] | None) -> int:
    from parstudy.cli._parser import parser

    arguments = parser().parse_args(argv)
    out, err = sys.stdout, sys.stderr
    if _words.code() != SOURCE:
        out, err = (_output.Changed(stream, _words.told_lines) for stream in (out, err))
    with (
        contextlib.redirect_stdout(_output.Changed(out, _output.plain)),
        contextlib.redirect_stderr(err),
    ):
        return int(arguments.run(arguments))
