"""What an installation is made of: NATS permissions, logins, and the servers that come as wheels."""
