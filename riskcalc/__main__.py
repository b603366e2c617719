"""``python -m riskcalc`` and the ``riskcalc`` command."""

import gc
import sys

FEW_COLLECTIONS = 200_000
"""Objects between two garbage collections: loading and one plan make about half of them, almost all kept."""


def main() -> None:
    """Run the command line; Ctrl-C during loading also ends it with one line."""
    gc.set_threshold(FEW_COLLECTIONS)
    try:
        from riskcalc.cli import main as run  # noqa: PLC0415 - what it loads is inside the try

        run()
    except KeyboardInterrupt:
        sys.stderr.write("riskcalc: interrupted\n")
        sys.exit(130)
    finally:
        # What is alive now lives until the end: the interpreter's last collections need not look at it.
        gc.freeze()


if __name__ == "__main__":
    main()
