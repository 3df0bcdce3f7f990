"""What each safeguard is worth: it is switched off in a copy of the code, and a named test must say so."""
