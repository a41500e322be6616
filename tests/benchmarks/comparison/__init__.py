"""What `compare.py` is made of: exchanges, contenders, cases, load, and the report."""
