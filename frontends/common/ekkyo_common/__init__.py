"""What a front end needs and no service does: readers of files, and the report. Neither prints nor asks a person."""
