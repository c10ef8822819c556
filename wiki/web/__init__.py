"""HTTP around every feature: headers, CSRF, assets, base URL, pagination, templates."""
