"""Everything that moves data: acquire, extract, check, report, and the Prefect flows that order them."""
