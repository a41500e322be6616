"""A cassette as one HTML page. `gather` makes its values, `render` its text; the command writes it to a file."""

from ewstape.report.html.gather import DEFAULT_LIMIT, gather
from ewstape.report.html.page import render
from ewstape.report.html.values import Oddity, Report

__all__ = ["DEFAULT_LIMIT", "Oddity", "Report", "gather", "render"]
