"""The server's processes: what stands between the network and the application."""
