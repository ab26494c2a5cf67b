"""The notifier: one notice per raising event and responsible officer, and a digest a day and village."""
