"""What goes over the wire. A change here is a new version of the API."""
