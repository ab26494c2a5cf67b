"""Read models: folds of the household streams, each rebuildable."""
