"""What every test may rely on."""

import signal

# CI may start us in the background, where a shell ignores interrupts; every child would inherit that and never end.
signal.signal(signal.SIGINT, signal.default_int_handler)
