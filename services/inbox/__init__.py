"""What officers and analysts read: the JSON API and the pages over the read models."""
