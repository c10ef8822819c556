"""The threads of a page, the list of all, and beginning one."""
