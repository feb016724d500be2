"""How results look: records for machines, pictures for people. Used by sinks, api and the command line alike."""
