"""``python -m riskcalc`` and the ``riskcalc`` command."""

import sys


def main() -> None:
    """Run the command line; Ctrl-C during loading also ends it with one line."""
    try:
        from riskcalc.cli import main as run  # noqa: PLC0415 - what it loads is inside the try

        run()
    except KeyboardInterrupt:
        sys.stderr.write("riskcalc: interrupted\n")
        sys.exit(130)


if __name__ == "__main__":
    main()
