"""Looking into what somebody has sent: done in a process that holds nothing and may be killed.

Only `sandbox` is for the server; everything else here is imported by `worker` alone, without
Flask and the database.
"""
