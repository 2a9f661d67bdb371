"""Benchmarks: how fast many lives are integrated, beside other simulators, at equal error.

Run      make bench, or python -m benchmarks [--quick]
Needs    the installed package with its extra [bench]; peers that are missing are named
Gives    a table on the terminal, docs/benchmarks.md and docs/pictures/bench_*.svg
"""
