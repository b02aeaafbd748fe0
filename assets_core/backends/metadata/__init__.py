"""The metadata store in a database: its statements and rows, the same for each database."""
