"""skelp-training: from labelled steel strip to a model file that skelp runs. It adds its commands to `skelp`; skelp never imports it."""

__version__ = "0.1.0"
