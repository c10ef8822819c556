"""Groups of people, such as a cohort, to which access rules grant permissions."""
