"""Renders templates with Python's Jinja2: a JSON list of cases in, a JSON list of results out."""
import json
import re
import sys

import jinja2


def render(case):
    options = case.get("opt") or {}
    env = jinja2.Environment(
        extensions=["jinja2.ext.do", "jinja2.ext.loopcontrols"],
        loader=jinja2.DictLoader(case.get("files") or {}),
        **options,
    )
    try:
        out = env.from_string(case["src"]).render(case.get("ctx") or {})
        return {"out": re.sub(r" at 0x[0-9a-f]+", "", out)}
    except Exception as e:  # every error is a result
        return {"err": type(e).__name__ + ": " + str(e)}


if __name__ == "__main__":
    json.dump([render(c) for c in json.load(sys.stdin)], sys.stdout)
