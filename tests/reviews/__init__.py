"""Tests of partnership reviews."""
