"""Real cameras: GenICam through harvesters, which only `source` and `features` know. Needs the extra `genicam`."""
