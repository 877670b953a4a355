"""Make what the routes show: data for the templates, articles as HTML, documents as XML."""
