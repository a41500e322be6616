"""Cassettes in test runs: one context manager for unittest, scripts, the pytest plugin and `ewstape run`.

Nothing is imported here, so that whoever needs a part pays for that part: `ewstape.load` and `ewstape.use_cassette` are
the names for users.
"""
