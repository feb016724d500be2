"""What asyncua 2.1.0 does not do, or does otherwise than OPC UA says. Each file is one such thing, and is taken out when asyncua mends it.

- structures: it leaves out the fields that a structure inherits, and takes a type of namespace 0 for one of the nodeset's own.
- methods: it runs a method whatever its Executable is, and whatever arguments came.
- callers: a method is not told who calls it.
- of_type: its filter OfType knows no subtypes; a field that an event does not have stops the filter.
- events: its events reach subscribers of one node alone, and their templates lose the types of fields.
- parts: it instantiates all optional parts of a type or none.
- sessions: its session tokens can be guessed, it checks a certificate that need not be the channel's, it asks for a user without waiting,
  anybody may register servers, and a channel without encryption is always open.
- moving: a session that goes on over another channel ends with the one before, and its client is not told to begin anew.
- subscriptions: every client may delete, change and take over those of all others; what cannot be sent again is sent empty, and what was
  sent again is forgotten.
- stopping: it may wait for ever when it stops while a subscription ends.
- endpoints: it offers user names where nothing is encrypted.

tests/unit/languages/opcua/upstream has a test for each, of what is done here and of what asyncua does, which fails once asyncua mends it.
"""
