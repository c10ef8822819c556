"""Block syntax of the dialect: each module exports its `SYNTAX`."""
