"""What every page is made with: a visit, the rooms' routes, forms, pages, problems."""
