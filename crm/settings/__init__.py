"""The page that lists how this installation is set up."""
