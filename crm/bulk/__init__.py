"""One change to many records: chosen on a list, made with progress, undone as one."""
