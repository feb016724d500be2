"""GenICam cameras through harvesters. Only `source`, `features` and `discovery` import it. Needs the extra `genicam`."""
