"""The words of the trade: frozen values, numpy and the standard library only, no input or output."""
