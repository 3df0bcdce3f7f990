"""The checker: each promise judged from one history and outside views, by rules of its own."""
