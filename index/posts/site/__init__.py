"""What the pages of a site say of each other, and how the pages of a running site are fetched."""
