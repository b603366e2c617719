"""Reports of plans and other results: pages, pictures and tables, as files, in notebooks and as figures."""
