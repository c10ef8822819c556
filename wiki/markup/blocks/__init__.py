"""Block syntax of the dialect: each module installs its rules into the parser."""
