"""What the peers' scripts share: a chain of named steps, run once as a user would, or timed step by step.

    run_PEER.py FILE.h5ad [--once] [--runs 5] [--threads N] [--only step,step]

--once     imports, reads and runs every step one time, as a script from the shell does; seconds of the process and its peak memory count
otherwise  one warm-up, then `--runs` runs of each step (3 when the warm-up took over 5 s, 1 over 30 s: said in "runs")
One JSON document goes to stdout.
"""
import argparse
import json
import os
import resource
import statistics
import sys
import time

STARTED = time.perf_counter()


def arguments(peer):
    parser = argparse.ArgumentParser(description=f"times {peer}", epilog=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("file")
    parser.add_argument("--once", action="store_true")
    parser.add_argument("--runs", type=int, default=5)
    parser.add_argument("--threads", type=int, default=os.cpu_count())
    parser.add_argument("--only", help="time these steps only (those before them run once)")
    options = parser.parse_args()
    # Before the numeric libraries are imported: they read it then.
    for variable in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS", "NUMBA_NUM_THREADS", "POLARS_MAX_THREADS", "RAYON_NUM_THREADS"):
        os.environ[variable] = str(options.threads)
    return options


def runs_for(seconds, runs):
    return runs if seconds <= 5 else min(runs, 3) if seconds <= 30 else 1


def timed(function, *values):
    begin = time.perf_counter()
    function(*values)
    return time.perf_counter() - begin


def run(peer, version, options, steps):
    """`steps`: [(name, prepare or None, function)]; both take the state, a dict; only `function` is timed.
    A function leaves its result in the state and can be run again."""
    state = {"file": options.file, "threads": options.threads}
    only = options.only.split(",") if options.only else [name for name, _, _ in steps]
    report = []
    for name, prepare, function in steps:
        if prepare:
            prepare(state)
        print(f"{peer}: {name}", file=sys.stderr, flush=True)
        first = timed(function, state)
        if options.once:
            report.append({"name": name, "seconds": [first], "runs": 1, "median": first})
            continue
        if name not in only:
            continue
        seconds = []
        for _ in range(runs_for(first, options.runs)):
            if prepare:
                prepare(state)
            seconds.append(timed(function, state))
        report.append({"name": name, "runs": len(seconds), "median": statistics.median(seconds), "min": min(seconds), "max": max(seconds),
                       "warm_up": first, "seconds": seconds})
    document = {"peer": peer, "version": version, "file": options.file, "threads": options.threads, "mode": "once" if options.once else "warm",
                "steps": report, "process_seconds": time.perf_counter() - STARTED,
                "peak_rss_bytes": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024,
                # brisc reads compressed files in child processes.
                "children_peak_rss_bytes": resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss * 1024,
                **state.get("report", {})}
    json.dump(document, sys.stdout, indent=1)
    print()
