"""What people are shown of interactions: a log line each, a table, a timeline per phone call, and the same as JSON.

Each module is imported by who needs it, and nothing here: a server that starts needs only one that escapes text.
"""
