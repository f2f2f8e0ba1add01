"""Pictures drawn by code: one function each, from plain values to SVG with its text alternative."""
