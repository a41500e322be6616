"""On what it was measured: the machine, and the versions of all that took part."""

import json
import os
import platform
import re
import shutil
import subprocess
from collections.abc import Mapping
from importlib import metadata
from pathlib import Path

_MODULES = ("mitmproxy", "uvicorn", "httptools", "lxml", "PyYAML", "vcrpy", "requests", "urllib3")
_PACKAGES = ("wiremock", "mountebank", "talkback", "proxay", "mockserver-node")
_PROGRAMS = {"wrk": "-v", "nginx": "-v", "node": "--version", "java": "-version"}


def described(peers: Path, durations: Mapping[str, object]) -> dict[str, str]:
    """What a reader must know to judge the figures."""
    cpu = re.search(r"model name\s*: (.*)", Path("/proc/cpuinfo").read_text("utf-8"))
    modules = (f"{name} {metadata.version(name)}" for name in _MODULES if _installed(name))
    return {
        "machine": f"{os.cpu_count()} cores, {cpu[1] if cpu else platform.machine()}, {platform.system()} "
        f"{platform.release()}, load average {os.getloadavg()[0]:.1f} at the end; all on loopback",
        "Python": f"{platform.python_version()}; {', '.join(modules)}",
        "npm": ", ".join(_npm(peers)) or "no peers",
        "programs": ", ".join(f"{name} {_version(name, how)}" for name, how in _PROGRAMS.items()),
        "durations": ", ".join(f"{name} {value}" for name, value in durations.items()),
    }


def _installed(name: str) -> bool:
    try:
        metadata.version(name)
    except metadata.PackageNotFoundError:
        return False
    return True


def _npm(peers: Path) -> list[str]:
    files = ((name, peers / "node_modules" / name / "package.json") for name in _PACKAGES)
    return [f"{name} {json.loads(file.read_text('utf-8'))['version']}" for name, file in files if file.is_file()]


def _version(program: str, how: str) -> str:
    if not shutil.which(program):
        return "missing"
    said = subprocess.run((program, how), capture_output=True, text=True, check=False)
    found = re.search(r"\d+\.\d[\d.]*", said.stdout + said.stderr)
    return found[0] if found else "?"
