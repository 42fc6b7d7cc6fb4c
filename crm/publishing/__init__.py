"""The public page of the association, made from the records that are marked public."""
