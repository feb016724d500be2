"""Fifty coils on a simulated line of known truth, against what a station records of them: python -m benchmarks.line_of_50 --out FILE"""
