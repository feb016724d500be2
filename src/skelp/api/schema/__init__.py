"""The models of REST and the WebSocket. Changing them changes the API's version."""
