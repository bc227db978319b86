"""Imports: data from other systems that become rows of ours."""
