"""The options of the pytest plugin. All have a prefix of their own, since other plugins have the plain names."""

from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    import pytest

__all__ = ["UNUSED", "declare"]

UNUSED: Final = ("ignore", "warn", "fail")
"""What becomes of a test that leaves interactions unused."""
_MODES = ("none", "once", "new_episodes", "all")


def declare(parser: "pytest.Parser") -> None:
    """Makes them known to pytest."""
    group = parser.getgroup("ewstape", "ewstape: cassettes of Exchange Web Services")
    group.addoption(
        "--ews-record",
        choices=_MODES,
        default="none",
        help="none: replay only (default); once: record cassettes that are missing; new_episodes: also append what a "
        "cassette lacks; all: record every cassette anew. What is recorded is kept if the test passes.",
    )
    group.addoption("--ews-upstream", metavar="URL", help="The server to record, such as https://mail.example.com.")
    group.addoption(
        "--ews-cassette-dir",
        metavar="DIR",
        help="One directory for all cassettes (default: cassettes/MODULE beside each test module).",
    )
    group.addoption(
        "--ews-fail-on-unused", action="store_true", help="Fail a test that leaves interactions of its cassette unused."
    )
    group.addoption("--ews-block-network", action="store_true", help="Let sockets of this run reach this machine only.")
    group.addoption(
        "--ews-keep-failed", action="store_true", help="Keep what was recorded even if the test did not pass."
    )
    parser.addini("ews_upstream", "the server to record", default="")
    parser.addini("ews_cassette_dir", "one directory for all cassettes, from the root folder of the run", default="")
    parser.addini("ews_unused", "interactions that a test leaves unused: ignore, warn or fail", default="ignore")
    parser.addini("ews_block_network", "let sockets of this run reach this machine only", type="bool", default=False)
