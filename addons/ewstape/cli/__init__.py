"""The `ewstape` command. Each sub-command is a module of this package, imported when it is called."""

from ewstape.cli.app import main

__all__ = ["main"]
