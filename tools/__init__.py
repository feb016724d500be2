"""Programs for developers; none of them is in the wheel."""
