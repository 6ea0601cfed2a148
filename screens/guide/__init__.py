"""What leads people: welcome, help, every command by name, settings and keys."""
