"""Pure text to mentions: a function of text and context that runs in any worker. Entry: `flows.extract.find`."""
