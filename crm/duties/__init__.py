"""What we owe the networks and funders we work with: fees, reports, designations, answers."""
