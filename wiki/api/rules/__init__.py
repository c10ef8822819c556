"""Rules of access, for administrators."""
