"""The correlator: the only writer of household streams.

`worker` puts it together. `handler` is the batch itself, and what its steps share is `batch`; read them in its order:

1. What can be used: `arrivals` (decode, validate) → `owners` (ids of villages) → `signals` (which revision holds).
2. What is not a fact, sealed (`sealing`): `findings` → `registering` (who belongs where) → `placing`, `aliases` and
   `decided` (what a county says of households) → `clock` → `activation` (which packs are in force).
3. The facts: `linking` (record to household, a `linked` each) by `matching`, with what is `stored` already and what
   `aid` concerns → `facts` (what became of each) → `risks` (evidence to warnings).
4. What follows for the county: `deliveries` → `watching`.
5. What goes out: `quarantining` (what could not be used) → `outbox`; after the commit `relay` publishes it, and
   `revaluation` judges older facts again when the packs are others.
"""
