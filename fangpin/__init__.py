"""The shared kernel of the hub: what consumers, projections and services all stand on."""
