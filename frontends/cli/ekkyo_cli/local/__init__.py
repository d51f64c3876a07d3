"""The local stack: real servers, catchers for mail and chat, and the four services, each a process of its own."""
