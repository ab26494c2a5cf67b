"""Pure: what a record is, which household it belongs to, what the county's policy makes of it. No I/O, no clock."""
