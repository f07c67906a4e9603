"""Processes for what may burn.

pool      what tasks are given to: how many processes, who waits
process   one process as its owner sees it; loaded with the first task
inside    what runs in it: it loads neither of the two, nor asyncio
"""
