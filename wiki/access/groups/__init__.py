"""Groups of people, such as a cohort, which rules of access name."""
