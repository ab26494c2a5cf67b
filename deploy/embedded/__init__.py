"""Real Kafka and PostgreSQL on this machine, without containers: for `fangpin up` and for the tests."""
