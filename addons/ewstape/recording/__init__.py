"""From what a proxy saw to interactions: what to keep, logons folded, decoded, freed of credentials."""

from ewstape.recording.logons import Logon, Logons
from ewstape.recording.recorder import Exchange, Recorder

__all__ = ["Exchange", "Logon", "Logons", "Recorder"]
