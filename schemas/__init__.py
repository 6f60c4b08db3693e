"""Types and contracts shared by every part: values and records (standard library only), tables (pandera)."""
