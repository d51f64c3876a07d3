"""The ekkyo command line, and the local stack."""
