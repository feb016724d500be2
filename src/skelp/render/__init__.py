"""Makes records for programs, and sentences and pictures for people. Sinks, api and the command line use it."""
