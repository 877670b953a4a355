"""The storage of both engines: segments of posts and their arrays, built, merged and looked up."""
