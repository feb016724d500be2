"""From frames to defects. Plain stages, `push(item)` and `flush()`, and the threads that carry items between them."""
