"""The addon for `mitmdump -s`, `mitmweb -s` and `mitmproxy -s`. See the README for its options."""

from ewstape.proxy.addon import EwsTape

addons = [EwsTape()]
