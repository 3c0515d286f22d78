"""How fast the engine is: beside the least a program could do for the same rows, and beside its peers."""
