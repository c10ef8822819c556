"""Running a wiki: serving, bootstrapping, migrating, backing up and restoring."""
