"""What can be typed after `ekkyo`. Each module holds the commands of one noun."""
