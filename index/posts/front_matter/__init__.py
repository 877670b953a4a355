"""The heads of posts: how they are written, and what they say."""
