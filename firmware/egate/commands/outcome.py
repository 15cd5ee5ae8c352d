"""How a command that judges signed files ends.

Exit status: 0 all is well, 1 something cannot be believed, 2 a file is missing or an argument is wrong.
"""

import argparse
import os
import sys

EXIT_OK, EXIT_NOT_BELIEVED, EXIT_INPUT = 0, 1, 2


def carry_out(options: argparse.Namespace, *not_believed: type[Exception]) -> int:
    """Run ``options.action``. Returns its exit status, or that of the error, whose text goes to standard error."""
    try:
        status: int = options.action(options)
    except BrokenPipeError:  # whoever reads has seen enough, as `head` does; nothing is left to be flushed to it
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return EXIT_OK
    except OSError as error:
        print(f"egate: {error.filename}: {error.strerror}; name another file", file=sys.stderr)
        return EXIT_INPUT
    except not_believed as error:
        print(f"egate: {error}", file=sys.stderr)
        return EXIT_NOT_BELIEVED
    return status
