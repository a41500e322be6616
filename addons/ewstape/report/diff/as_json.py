"""A difference as plain data, for `ewstape diff --json`. Texts are the traffic's own; JSON escapes them."""

from ewstape.operations import spec_name
from ewstape.report.calls import Call
from ewstape.report.diff.difference import Change, Difference, Pair, Thread

__all__ = ["to_json"]


def to_json(difference: Difference) -> dict[str, object]:
    """Everything that a `Difference` holds, by the same names."""
    return {
        "differs": bool(difference),
        "left_count": difference.left_count,
        "right_count": difference.right_count,
        "left_repeats": difference.left_repeats,
        "right_repeats": difference.right_repeats,
        "equal": difference.equal,
        "redacted_differently": difference.redacted_differently,
        "throughout": [
            {**_change(one.change), "interactions": [list(numbers) for numbers in one.pairs]}
            for one in difference.throughout
        ],
        "threads": [_thread(thread) for thread in difference.threads],
    }


def _thread(thread: Thread) -> dict[str, object]:
    return {
        "is_call": thread.is_call,
        "left_call": _call(thread.left_call),
        "right_call": _call(thread.right_call),
        "changes": [_change(change) for change in thread.changes],
        "interactions": [_pair(pair) for pair in thread.pairs],
    }


def _call(call: Call | None) -> dict[str, object] | None:
    if call is None:
        return None
    return {
        "name": call.name,
        "id": call.id,
        "dial_string": call.dial_string,
        "states": [str(state) for state in call.states],
        "ended": call.ended,
    }


def _pair(pair: Pair) -> dict[str, object]:
    return {
        "operation": str(pair.operation),
        "spec_name": spec_name(pair.operation),
        "left": pair.left,
        "right": pair.right,
        "left_result": pair.left_result,
        "right_result": pair.right_result,
        "moved": pair.moved,
        "changes": [_change(change) for change in pair.changes],
    }


def _change(change: Change) -> dict[str, object]:
    return {"path": change.path, "before": change.before, "after": change.after, "note": change.note}
