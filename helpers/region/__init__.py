"""A local AWS region: moto for the services around the pipeline; Kinesis, Lambda, mappings and HTTP APIs of our own.

It is a process of its own (`python -m helpers.region start`), which any AWS client can use through its address.
"""
