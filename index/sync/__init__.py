"""Keeping the index in step with the posts: what changed, the commit, and who asks for it."""
