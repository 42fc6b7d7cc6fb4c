"""The ledger of submissions: to whom a declaration was handed, and what came back."""
