"""Folders of texts written for other programs: which page each file is, where its links lead, and
which files it shows.
"""
