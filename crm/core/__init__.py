"""What lies below the web: database, time, dates, words, errors."""
