"""What departments send: judged, written down, published; then what became of it."""
