"""``python -m riskcalc`` and the ``riskcalc`` command."""

from riskcalc.cli import main

if __name__ == "__main__":
    main()
