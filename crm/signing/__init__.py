"""The page on which whoever was invited signs a declaration, without an account."""
