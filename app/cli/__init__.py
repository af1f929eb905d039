"""Commands for the people who run the product: `python -m app.cli VERB`."""
