"""The workbook's commands: `python -m helpers lab|run|test|build|lock`, on every system."""

import sys

from helpers.tools.cli import main

sys.exit(main())
