"""The OpenAPI document, made from the code, and the page that explains it."""
