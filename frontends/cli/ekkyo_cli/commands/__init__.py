"""The subcommands of `ekkyo`. Each module holds the commands of one noun."""
