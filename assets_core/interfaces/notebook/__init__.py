"""The way in from a notebook: `%load_ext assets_core`."""
