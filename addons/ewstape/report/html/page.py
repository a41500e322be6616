"""A report -> one HTML file that needs nothing else: styles, script and data are in it, and nothing is fetched.

What the cassette holds is hostile text. Jinja escapes all of it, after `escape` has made visible what does not print;
the script writes it with `textContent` alone. The page's own Content-Security-Policy then forbids whatever might be
missed: no script and no style runs but the two whose hashes it names, and nothing is loaded from anywhere.
"""

import re
from base64 import b64encode
from collections.abc import Iterator
from functools import cache
from hashlib import sha256
from importlib.resources import files

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup

from ewstape.redaction import RAW, RULES, Treatment
from ewstape.report.escape import escape
from ewstape.report.figures import counted
from ewstape.report.html import axis, lanes, words
from ewstape.report.html.data import embedded, list_data
from ewstape.report.html.plot import HEIGHT, WIDTH, plot
from ewstape.report.html.values import Report

MARK = '<meta name="generator" content="ewstape">'
"""What a page has near its beginning: by this it is known as one of ours."""

_SCRIPTS = ("theme.js", "text.js", "xml.js", "details.js", "list.js", "page.js")
_FACT = re.compile(r"(rules|key):(.*)", re.DOTALL)


def render(report: Report) -> Iterator[str]:
    """The file, in pieces of text."""
    style, script = _asset("report.css"), _script()
    facts = {found[1]: found[2] for rule in report.header.redaction if (found := _FACT.fullmatch(rule))}
    rules = [rule for rule in report.header.redaction if not _FACT.fullmatch(rule)]
    return (
        _environment()
        .get_template("page.html")
        .generate(
            report=report,
            style=Markup(style),  # noqa: S704  a file of ours
            script=Markup(script),  # noqa: S704  the same
            policy=policy(style, script),
            mark=Markup(MARK),  # noqa: S704  the same
            numbers={entry.position: entry.number for entry in report.entries},
            data=embedded(list_data(report)),
            plot=plot(report.entries, report.uses),
            plane=(WIDTH, HEIGHT),
            by_clock=bool(report.lanes) and lanes.legible_by_clock(report.lanes),
            axes={"clock": lanes.clock_axis(report.lanes), "dial": lanes.dial_axis(report.lanes)},
            rules=rules,
            facts=facts,
            off=[rule.name for rule in RULES if rule.treatment is not Treatment.KEEP and rule.name not in rules],
            raw=set(rules) <= set(RAW),
        )
    )


def policy(style: str, script: str) -> str:
    """The Content-Security-Policy of a page with this one style and this one script (CSP level 2, section 4.2.5)."""
    return (
        f"default-src 'none'; script-src '{_hash(script)}'; style-src '{_hash(style)}'; img-src data:; "
        "base-uri 'none'; form-action 'none'"
    )


def _hash(text: str) -> str:
    return f"sha256-{b64encode(sha256(text.encode()).digest()).decode()}"


def _script() -> str:
    """One function of our own, so that nothing of it is global."""
    return f'(() => {{\n"use strict";\n{"".join(map(_asset, _SCRIPTS))}}})();\n'


@cache
def _asset(name: str) -> str:
    return files(__package__).joinpath("assets", name).read_text("utf-8")


@cache
def _environment() -> Environment:
    made = Environment(
        loader=PackageLoader(__package__ or ""),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        finalize=_visible,
    )
    made.filters |= {
        "size": words.size,
        "span": words.span,
        "ms": words.milliseconds,
        "moment": words.moment,
        "share": words.share,
        "state_class": lambda state: lanes.STATES.get(state, "other"),
        "percent": lambda value: f"{value:.3f}",
    }
    made.globals |= {"counted": counted, "log_axis": axis.LogAxis}
    return made


def _visible(value: object) -> object:
    return value if hasattr(value, "__html__") else escape(str(value))
