"""The examples are projects of their own, with tests of their own: `test_examples.py` runs them."""

collect_ignore = ["voicemail-pytest", "node", "shell"]
