"""The judges of the exercises, one module for each lesson."""
