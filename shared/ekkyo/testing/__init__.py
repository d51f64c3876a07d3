"""What tests run on: real servers, a database and names of each test's own."""
