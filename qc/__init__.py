"""The second reading: every sourced number of the records, read again by someone who has not seen it."""
