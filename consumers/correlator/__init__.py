"""The correlator: the only writer of household streams.

Read in the order of a batch: `arrivals` (decode, validate) → `signals` (which revision holds) → `registering` (the
register and who belongs where) → `linking` (record to household) → `risks` (evidence to warnings) → `outbox` (what goes
out). `handler` is the batch itself.
"""
