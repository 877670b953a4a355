"""The journal for agents, by the Model Context Protocol: https://modelcontextprotocol.io/specification/."""
