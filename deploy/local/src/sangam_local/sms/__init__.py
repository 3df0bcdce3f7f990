"""An SMS provider for development: takes messages, never sends them, and shows them as phones would."""
