"""Lists of signatories that come from elsewhere: pasted or as a file, checked, saved, undone."""
