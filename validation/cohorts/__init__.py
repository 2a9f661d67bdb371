"""How much published cohorts differ from the body, and from one another, in who uses again and who stays."""
