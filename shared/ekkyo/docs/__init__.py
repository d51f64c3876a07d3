"""The documents made from the contracts: JSON Schemas, samples, AsyncAPI, the flow diagram. Needs pydantic alone.

`python -m ekkyo.docs --out docs` writes them, `--check` only tells whether they are as they should be.
"""
