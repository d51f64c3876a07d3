"""What every test may use: see ekkyo.testing.plugin."""

pytest_plugins = ["ekkyo.testing.plugin"]
