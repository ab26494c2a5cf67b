"""What starts and runs the hub on a machine; nothing in here knows the hub's code."""
