"""Who somebody is: passwords, sessions, known devices, and limits on trying."""
