"""Time whole processes side by side and print medians and ratios.

Every command runs in turn (A B A B …) after one warm-up each, so that a machine which gets
slower or faster meanwhile does so for all. Figures are the operating system's own: wall time,
CPU time of the process and its children, peak resident memory of the largest of them.

    measure.py [--runs N] [--prepare CMD] [--by wall|cpu] NAME=CMD [NAME=CMD …]

CMD is given to a shell. The last columns are the other's figures over the first's.
"""

import argparse
import os
import statistics
import subprocess
import sys
import time


def run(command):
    """One run: wall seconds, CPU seconds, peak MiB, exit code."""
    start = time.perf_counter()
    process = subprocess.Popen(["/bin/sh", "-c", "exec " + command], stdout=subprocess.DEVNULL, stderr=subprocess.PIPE)
    errors = process.stderr.read()
    _, status, usage = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    wall = time.perf_counter() - start
    if process.returncode != 0:
        sys.stderr.write(errors.decode(errors="replace")[-2000:])
        sys.exit(f"{command}: exit code {process.returncode}")
    return wall, usage.ru_utime + usage.ru_stime, usage.ru_maxrss / 1024


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--runs", type=int, default=5)
    parser.add_argument("--prepare", default="", help="runs before every run, untimed")
    parser.add_argument("--by", choices=["wall", "cpu"], default="wall", help="the time whose ratio is printed")
    parser.add_argument("commands", nargs="+", metavar="NAME=CMD")
    args = parser.parse_args()
    commands = [c.split("=", 1) for c in args.commands]
    figures = {name: [] for name, _ in commands}
    for i in range(args.runs + 1):
        for name, command in commands:
            if args.prepare:
                subprocess.run(["/bin/sh", "-c", args.prepare], check=True, stdout=subprocess.DEVNULL)
            result = run(command)
            if i > 0:
                figures[name].append(result)
    print(f"{'median of ' + str(args.runs):24}{'wall s':>10}{'cpu s':>10}{'peak MiB':>10}{args.by + ' ratio':>12}{'memory':>9}")
    first = None
    for name, _ in commands:
        wall, cpu, peak = (statistics.median(f[i] for f in figures[name]) for i in range(3))
        spent = cpu if args.by == "cpu" else wall
        first = first or (spent, peak)
        print(f"{name:24}{wall:10.3f}{cpu:10.3f}{peak:10.1f}{spent / first[0]:11.1f}x{peak / first[1]:8.1f}x")


main()
