"""What the data is worth: checks as SQL, scores by dimension, and the report page of a run."""
