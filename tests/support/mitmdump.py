"""mitmproxy's own program, its log on stderr, where those who start it read."""

import os

from mitmproxy.tools.main import mitmdump

if __name__ == "__main__":
    os.dup2(2, 1)
    mitmdump()
