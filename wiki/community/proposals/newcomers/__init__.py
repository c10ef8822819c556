"""New people: their first edits are looked at, and what they may do grows with what is accepted."""
