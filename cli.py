"""`python cli.py …` does the same as `kh …`."""

from engine.commands.main import main

if __name__ == "__main__":
    main()
