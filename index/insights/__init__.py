"""What readers look for, and whether they find it: counted without knowing who they are.

    events ──▶ store (SQLite) ──▶ report ──▶ page · terminal · CSV
                             └──▶ exports ──▶ UBI

What is counted is a search intent. No cookie, address or user agent is known here, nor anything made of one.
"""
