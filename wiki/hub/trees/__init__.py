"""A folder of texts that was written for other programs: which page each file is, where its links
lead, and what it shows."""
