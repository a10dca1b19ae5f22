"""Right and wrong answers to every exercise, one module for each lesson.

RIGHT maps an exercise to at least two different answers that must pass. WRONG maps it to at
least three plausible mistakes, each with words that its hint must contain. The answers to an
exercise named in MAKE_FIRST are functions that make the answer, so that a model is trained
only when a test asks for it.
"""
