"""What every page is made with: a visit, the sections' routes, forms, pages, problems."""
