"""Plans and directories: YAML in, frozen models out."""
