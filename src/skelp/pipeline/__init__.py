"""The stages from frames to defects, each with `push(item)` and `flush()`, and the threads that run them."""
