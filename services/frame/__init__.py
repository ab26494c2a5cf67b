"""What surrounds every page: layout, forms, sign-in, errors, live updates, and the files that pages load."""
