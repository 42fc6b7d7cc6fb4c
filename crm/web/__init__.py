"""Flask, once: requests, forms, errors, headers, templates."""
