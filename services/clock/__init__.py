"""The hub's own clock: a record on `feed.clock` for each county and civil day."""
