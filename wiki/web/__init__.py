"""HTTP for all features: headers, CSRF, assets, base URL, pagination, templates."""
