"""The notifier: one notice per raising event and responsible officer, and a digest an area and civil day."""
