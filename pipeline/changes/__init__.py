"""What an edit of the configuration does to a running environment: `docs/changes.md`, written by `make changes`."""
