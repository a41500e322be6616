"""The only place that knows mitmproxy: the addon, flows as values, and running a proxy."""
