"""Lets the tests here import what stands beside them: the table of secrets and the traffic that carries them."""

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent))
