"""Renders templates with Python's Jinja2: a JSON list of cases in, a JSON list of results out."""
import datetime
import hashlib
import itertools
import json
import re
import sys

import jinja2

try:
    import pytz
except ImportError:  # cases with modules are then left out
    pytz = None


def attempt(fn, *args, default=None):
    try:
        return fn(*args)
    except (TypeError, ValueError):
        return default


def builtins():
    return {
        "modules": {"re": re, "datetime": datetime, "pytz": pytz, "itertools": itertools},
        "set": lambda v, default=None: attempt(set, v, default=default),
        "zip": lambda *v, default=None: attempt(zip, *v, default=default),
        "fromjson": lambda s, default=None: attempt(json.loads, s, default=default),
        "tojson": lambda v, default=None, sort_keys=False: json.dumps(v, sort_keys=sort_keys),
        "local_md5": lambda s: hashlib.md5(s.encode()).hexdigest(),
    }


def render(case):
    options = case.get("opt") or {}
    env = jinja2.Environment(
        extensions=["jinja2.ext.do", "jinja2.ext.loopcontrols"],
        loader=jinja2.DictLoader(case.get("files") or {}),
        **options,
    )
    ctx = case.get("ctx") or {}
    if case.get("builtins"):
        if pytz is None:
            return {"skip": True}
        ctx = {**builtins(), **ctx}
    try:
        out = env.from_string(case["src"]).render(ctx)
        return {"out": re.sub(r" at 0x[0-9a-f]+", "", out)}
    except Exception as e:  # every error is a result
        return {"err": type(e).__name__ + ": " + str(e)}


if __name__ == "__main__":
    json.dump([render(c) for c in json.load(sys.stdin)], sys.stdout)
