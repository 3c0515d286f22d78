"""What a user might take instead, doing the same work: each a program of its own, in an environment of its own."""
