#!/bin/sh
# Run a tool of the project's own environment, else of the one that is active.
PATH="$(dirname "$0")/../.venv/bin:$PATH" exec "$@"
