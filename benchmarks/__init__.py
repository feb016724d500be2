"""What is measured and how; runnable by anyone with `python -m benchmarks.NAME`."""
