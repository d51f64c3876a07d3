"""Mail that comes in: members' answers from their calendars, and what mail servers could not deliver."""
