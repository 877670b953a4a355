"""What text, sections and code a post has, by the same rules for Markdown and HTML."""
