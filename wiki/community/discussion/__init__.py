"""Threads of comments: about pages and passages of them, and wherever other rooms attach one."""
