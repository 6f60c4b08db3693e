"""The web as sources need it: fetched politely and safely, and kept as it came."""
