"""Records, decodes and replays Exchange Web Services traffic. Start with the README and the `ewstape` command."""

__version__ = "0.1.0"
