"""``python -m parstudy`` is the command ``parstudy``."""

import sys

from parstudy.cli import main

if __name__ == "__main__":
    sys.exit(main())
