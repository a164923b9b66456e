"""Times Python's Jinja2 on the model: prints renders a second, parsed and compiled anew and not."""
import sys
import time

import jinja2

source = open(sys.argv[1]).read()
names = {
    "config": lambda *a, **k: "",
    "ref": lambda name: '"db"."main"."%s"' % name,
    "is_incremental": lambda: True,
    "var": lambda name, default: default,
    "this": '"db"."main"."orders"',
}


def rate(work, seconds=2.0):
    count, start = 0, time.perf_counter()
    while time.perf_counter() - start < seconds:
        work()
        count += 1
    return count / (time.perf_counter() - start)


def parse_and_render():
    jinja2.Environment().from_string(source).render(names)


template = jinja2.Environment().from_string(source)
print("%.0f %.0f" % (rate(parse_and_render), rate(lambda: template.render(names))))
