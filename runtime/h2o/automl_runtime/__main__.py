"""`python -m automl_runtime train config.json`: a training without the system around it."""

import sys

from automl_runtime.command import main

sys.exit(main(sys.argv[1:]))
