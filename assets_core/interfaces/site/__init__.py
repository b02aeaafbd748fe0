"""The catalogue of a project as a site: plain Markdown pages and JSON, built by MkDocs."""
