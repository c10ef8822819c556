"""The OpenAPI document, generated from the code, and the API reference for people."""
