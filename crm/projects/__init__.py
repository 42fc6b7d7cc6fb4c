"""Projects run with others: who takes part as what, where, and what comes out of them."""
