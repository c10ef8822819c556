"""What the servers are asked for, and how long it takes: pages, searches, saves, imports."""
