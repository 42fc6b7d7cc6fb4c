"""What somebody who leaves is in charge of goes to colleagues, before the account closes."""
